/*
 * Plain text on its way to a page: what HTML and Markdown show is the text itself, never a tag, a
 * table's border or an emphasis that it happens to spell; a terminal without UTF-8 gets ASCII.
 */
#include <stdlib.h>
#include <string.h>

#include "chart_format.h"
#include "chart_layout.h"
#include "fuzz.h"
#include "markdown.h"
#include "terminal_text.h"
#include "text.h"

/* Adds what a browser shows of HTML without tags: entities resolved. */
static void add_shown(struct par_text *out, const char *html, size_t size)
{
	static const char *const entities[][2] = { { "&amp;", "&" }, { "&lt;", "<" },
		{ "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" } };

	for (const char *at = html; at < html + size;) {
		size_t i = 0;

		FUZZ_CHECK(*at != '<' && *at != '>', "a tag: %s", html);
		while (i < 5 && strncmp(at, entities[i][0], strlen(entities[i][0])) != 0)
			i++;
		FUZZ_CHECK(*at != '&' || i < 5, "a bare &: %s", html);
		par_text_add_bytes(out, i < 5 ? entities[i][1] : at, 1);
		at += i < 5 ? strlen(entities[i][0]) : 1;
	}
}

static void check_html(const char *text)
{
	struct par_text html = PAR_TEXT_INIT, shown = PAR_TEXT_INIT;

	par_text_add_html(&html, text);
	add_shown(&shown, par_text_get(&html), html.size);
	FUZZ_CHECK(strcmp(par_text_get(&shown), text) == 0, "'%s' shows as '%s'", text,
		par_text_get(&shown));
	par_text_fini(&shown);
	par_text_fini(&html);
}

/* `text` between two words, with its white space as Markdown keeps it. */
static void add_framed(struct par_text *out, const char *text)
{
	par_text_add(out, "from ");
	for (const char *at = text; *at != '\0'; at++)
		par_text_add_bytes(out, strchr("\t\n\v\f\r", *at) != NULL ? " " : at, 1);
	par_text_add(out, " to");
}

/* Markdown drops blanks at the ends of a line and may keep those within. */
static bool same_words(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a += *a == ' ' ? strspn(a, " ") : 1;
		b += *b == ' ' ? strspn(b, " ") : 1;
	}
	return *a == *b;
}

static void check_markdown(const char *text, const char *before, const char *open)
{
	struct par_text markdown = PAR_TEXT_INIT, html = PAR_TEXT_INIT;
	struct par_text shown = PAR_TEXT_INIT, expected = PAR_TEXT_INIT;
	const char *start, *end;

	add_framed(&expected, text);
	par_text_add(&markdown, before);
	par_markdown_escape(&markdown, par_text_get(&expected));
	par_text_add(&markdown, *before == '|' ? " |\n" : "\n");
	FUZZ_CHECK(par_markdown_html(&html, par_text_get(&markdown)) == 0, "no HTML");
	start = strstr(par_text_get(&html), open);
	FUZZ_CHECK(start != NULL, "%s: %s", open, par_text_get(&html));
	start += strlen(open);
	end = strchr(start, '<');
	FUZZ_CHECK(end != NULL, "no end: %s", start);
	add_shown(&shown, start, (size_t)(end - start));
	FUZZ_CHECK(same_words(par_text_get(&shown), par_text_get(&expected)), "'%s' shows as '%s'",
		par_text_get(&expected), par_text_get(&shown));
	par_text_fini(&expected);
	par_text_fini(&shown);
	par_text_fini(&html);
	par_text_fini(&markdown);
}

/* A gnuplot table: neither a line nor a column more. */
static void check_table(const char *text)
{
	struct par_text out = PAR_TEXT_INIT;

	par_text_add_enhanced(&out, text);
	FUZZ_CHECK(strpbrk(par_text_get(&out), "\t\n") == NULL, "'%s'", par_text_get(&out));
	par_text_clear(&out);
	par_text_add_hover(&out, text);
	FUZZ_CHECK(strpbrk(par_text_get(&out), "\t\n\"'\\<>") == NULL, "'%s'", par_text_get(&out));
	FUZZ_CHECK(fuzz_is_utf8(par_text_get(&out), out.size), "'%s'", par_text_get(&out));
	par_text_fini(&out);
	FUZZ_CHECK(par_text_width(text, 13, false) >= 0, "a negative width");
}

static void check_terminal(const char *text)
{
	struct par_text out = PAR_TEXT_INIT;

	par_terminal_wrap(&out, text, 60, false, "- ", "  ");
	for (const char *at = par_text_get(&out); *at != '\0'; at++)
		FUZZ_CHECK((*at & 0x80) == 0, "not ASCII: %s", par_text_get(&out));
	par_text_clear(&out);
	par_terminal_wrap(&out, text, 60, true, "- ", "  ");
	FUZZ_CHECK(fuzz_is_utf8(par_text_get(&out), out.size), "%s", par_text_get(&out));
	par_text_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	/* Reasons come as JSON text, which is UTF-8, or from par_error, which has no control in it.
	 */
	if (fuzz_is_utf8(text, strlen(text))) {
		check_html(text);
		check_markdown(text, "", "<p>");
		check_markdown(text, "## ", "<h2>");
		check_markdown(text, "| a |\n|---|\n| ", "<td>");
		check_table(text);
		check_terminal(text);
	}
	free(text);
	return 0;
}
