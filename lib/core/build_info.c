#include "build_info.h"

#include "build_revision.h"
#include "build_settings.h"

const struct par_build_info par_build_info = {
	.version = PAR_BUILD_VERSION,
	.revision = PAR_BUILD_REVISION,
	.compiler = PAR_BUILD_COMPILER,
	.flags = PAR_BUILD_FLAGS,
	.type = PAR_BUILD_TYPE,
};
