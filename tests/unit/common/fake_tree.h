/*
 * fake_tree: a folder that stands for the root of a file system, filled by a test.
 */
#ifndef TEST_FAKE_TREE_H
#define TEST_FAKE_TREE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "file.h"

struct fake_tree {
	char root[64];
};

static inline struct fake_tree fake_tree_open(void)
{
	struct fake_tree tree = { "/tmp/parbench-tree-XXXXXX" };

	assert_non_null(mkdtemp(tree.root));
	return tree;
}

/* Writes the file `path` ("/proc/loadavg") and makes its folders. */
static inline void fake_tree_put(const struct fake_tree *tree, const char *path, const char *text)
{
	char whole[PATH_MAX];
	char *slash;

	(void)snprintf(whole, sizeof(whole), "%s%s", tree->root, path);
	slash = strrchr(whole, '/');
	*slash = '\0';
	assert_int_equal(par_dir_make(whole, NULL), 0);
	*slash = '/';
	assert_int_equal(par_file_write(whole, text, strlen(text), NULL), 0);
}

static inline void fake_tree_close(const struct fake_tree *tree)
{
	assert_int_equal(par_dir_remove(tree->root), 0);
}

#endif
