#include "hypervisor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procfs.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

struct hint {
	const char *text; /* a beginning */
	const char *name;
};

/* What each hypervisor answers in EBX, ECX, EDX; the list is Linux's and systemd-detect-virt's. */
static const struct hint signatures[] = {
	{ "KVMKVMKVM", "kvm" },
	{ "Linux KVM Hv", "kvm" },
	{ "XenVMMXenVMM", "xen" },
	{ "VMwareVMware", "vmware" },
	{ "Microsoft Hv", "hyperv" },
	{ "TCGTCGTCGTCG", "qemu" },
	{ "bhyve bhyve ", "bhyve" },
	{ "QNXQVMBSQG", "qnx" },
	{ "ACRNACRNACRN", "acrn" },
	{ "VBoxVBoxVBox", "virtualbox" },
	{ " lrpepyh  vr", "parallels" },
};

/* DMI names, for machines whose CPU cannot be asked. */
static const struct hint products[] = {
	{ "KVM", "kvm" },
	{ "QEMU", "kvm" },
	{ "OpenStack", "kvm" },
	{ "Google Compute Engine", "kvm" },
	{ "VMware", "vmware" },
	{ "VirtualBox", "virtualbox" },
	{ "Parallels", "parallels" },
	{ "HVM domU", "xen" },
};

static const char *match(const struct hint *hints, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(text, hints[i].text, strlen(hints[i].text)) == 0)
			return hints[i].name;
	return "";
}

const char *par_hypervisor_of_signature(const char *signature)
{
	const char *name = match(signatures, sizeof(signatures) / sizeof(signatures[0]), signature);

	return *name ? name : "vm";
}

#if defined(__x86_64__) || defined(__i386__)
/* Bit 31 of ECX in leaf 1 says that there is a hypervisor; leaf 0x40000000 says which. */
static const char *ask_cpu(void)
{
	char signature[13] = { 0 };
	uint32_t a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & UINT32_C(1) << 31))
		return "";
	__cpuid(0x40000000, a, b, c, d);
	memcpy(signature, &b, 4);
	memcpy(signature + 4, &c, 4);
	memcpy(signature + 8, &d, 4);
	return par_hypervisor_of_signature(signature);
}
#else
static const char *ask_cpu(void)
{
	return "";
}
#endif

static const char *ask_dmi(const char *root)
{
	static const char *const files[] = { "/sys/class/dmi/id/product_name",
		"/sys/class/dmi/id/sys_vendor" };
	const char *name = "";

	for (size_t i = 0; i < 2 && !*name; i++) {
		char line[64];

		par_procfs_line(line, sizeof(line), root, files[i]);
		name = match(products, sizeof(products) / sizeof(products[0]), line);
	}
	return name;
}

/* Linux on x86 lists "hypervisor" among the CPU's flags. */
static const char *ask_flags(const char *root)
{
	char *text = par_procfs_read(root, "/proc/cpuinfo");
	const char *flags = text ? strstr(text, "\nflags") : NULL;
	const char *word = flags ? strstr(flags, " hypervisor") : NULL;
	const char *name = word && word < flags + 1 + strcspn(flags + 1, "\n") ? "vm" : "";

	free(text);
	return name;
}

void par_hypervisor_read(char *name, size_t size, const char *root)
{
	const char *found = "";

	par_procfs_line(name, size, root, "/sys/hypervisor/type");
	if (name[0])
		return;
	if (!*root)
		found = ask_cpu();
	if (!*found)
		found = ask_dmi(root);
	if (!*found)
		found = ask_flags(root);
	(void)snprintf(name, size, "%s", found);
}
