/*
 * hypervisor: which one runs this machine, if any. Private to this folder.
 */
#ifndef PAR_HYPERVISOR_H
#define PAR_HYPERVISOR_H

#include <stddef.h>

/*
 * Writes its short name ("kvm", "xen", "vmware", ...), "vm" for one without a known name, "" on
 * bare metal or when nothing tells. The CPU is asked on x86, unless `root` is a test's tree.
 */
void par_hypervisor_read(char *name, size_t size, const char *root);

/* The short name for a signature of CPUID leaf 0x40000000 ("KVMKVMKVM"), or "vm" for another. */
const char *par_hypervisor_of_signature(const char *signature);

#endif
