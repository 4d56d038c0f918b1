/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few calls of QEMU's TCG plugin interface (QEMU docs/devel/tcg-plugins.rst) that count_plugin.c
 * makes. Debian packages QEMU without its qemu-plugin.h, so the names and argument types stand here.
 */
#ifndef TESTS_BENCH_PLUGIN_H
#define TESTS_BENCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };

struct qemu_info {
	const char *target_name;
	struct {
		int min, cur;
	} version;
};

typedef void plugin_translated(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void plugin_executed(unsigned int cpu, void *data);
typedef void plugin_accessed(unsigned int cpu, qemu_plugin_meminfo_t, uint64_t address, void *data);
typedef void plugin_exited(qemu_plugin_id_t, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, plugin_translated *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, plugin_executed *,
					    enum qemu_plugin_cb_flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, plugin_accessed *,
				      enum qemu_plugin_cb_flags, enum qemu_plugin_mem_rw,
				      void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, plugin_exited *, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
/* Until version 2: returns a pointer to the bytes and ignores what follows the first argument. From version 3
 * on: copies at most `size` bytes to `to` and returns how many. */
uintptr_t qemu_plugin_insn_data(const struct qemu_plugin_insn *, void *to, size_t size);

struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t, uint64_t address);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *);
const char *qemu_plugin_hwaddr_device_name(const struct qemu_plugin_hwaddr *);

/* What the plugin gives to QEMU. */
PLUGIN_EXPORT extern int qemu_plugin_version;
PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t, const struct qemu_info *, int argc,
				      char **argv);

#endif
