#include "deadlines.h"

typedef struct par_deadline node;

/* Two trees, without siblings, into one. Either may be NULL. */
static node *merge(node *a, node *b)
{
	node *swap = a;

	if (!a || !b)
		return a ? a : b;
	if (b->at < a->at) {
		a = b;
		b = swap;
	}
	b->previous = a;
	b->next = a->child;
	if (b->next)
		b->next->previous = b;
	a->child = b;
	return a;
}

/* Siblings into one tree: in pairs, then from the last pair to the first. */
static node *merge_siblings(node *first)
{
	node *pairs = NULL, *result = NULL;
	node *a, *b;

	while (first) {
		a = first;
		b = a->next;
		first = b ? b->next : NULL;
		a->next = NULL;
		if (b)
			b->next = NULL;
		a = merge(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		a = pairs;
		pairs = a->next;
		a->next = NULL;
		result = merge(result, a);
	}
	if (result)
		result->previous = NULL;
	return result;
}

void par_deadlines_add(struct par_deadlines *heap, struct par_deadline *deadline)
{
	deadline->child = deadline->next = deadline->previous = NULL;
	heap->first = merge(heap->first, deadline);
}

void par_deadlines_remove(struct par_deadlines *heap, struct par_deadline *deadline)
{
	node *rest = merge_siblings(deadline->child);

	if (deadline == heap->first) {
		heap->first = rest;
		return;
	}
	if (deadline->previous->child == deadline)
		deadline->previous->child = deadline->next;
	else
		deadline->previous->next = deadline->next;
	if (deadline->next)
		deadline->next->previous = deadline->previous;
	heap->first = merge(heap->first, rest);
}
