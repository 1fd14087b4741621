/* SPDX-License-Identifier: MIT */
/* ICU, OpenSSL and the libraries that libcurl brings are read from all over at the start, and
 * hardly again. Only what is mapped from a file and cannot be written to is given back: anything
 * else exists nowhere but in memory. */
#include "app/rest.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static int give_back_object(struct dl_phdr_info *object, size_t size, void *context)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size;
    (void)context;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || part->p_flags & PF_W)
            continue;
        uintptr_t start = (object->dlpi_addr + part->p_vaddr) / page * page;
        uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_filesz;
        /* Refused where it is not a mapping of ours (the kernel's own): nothing is lost. */
        (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void rest_trim(void)
{
    (void)malloc_trim(0); /* says whether there was any */
}

void rest_give_back(void)
{
    rest_trim();
    (void)dl_iterate_phdr(give_back_object, NULL);
}
