#include "markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void par_markdown_escape(struct par_text *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (strchr("\\`*_[]<>|#&~", *at) != NULL)
			par_text_add(out, "\\");
		par_text_add_bytes(out, *at == '\n' ? " " : at, 1);
	}
}

/* Tables come without the scope that a screen reader wants. */
static void add_scoped(struct par_text *out, const char *html)
{
	static const char head[] = "<th";
	const char *at;

	while ((at = strstr(html, head)) != NULL) {
		size_t size = (size_t)(at - html) + strlen(head);

		par_text_add_bytes(out, html, size);
		if (html[size] == '>' || html[size] == ' ')
			par_text_add(out, " scope=\"col\"");
		html += size;
	}
	par_text_add(out, html);
}

int par_markdown_html(struct par_text *out, const char *markdown)
{
	cmark_syntax_extension *table;
	cmark_parser *parser;
	cmark_node *document;
	char *html;

	cmark_gfm_core_extensions_ensure_registered();
	table = cmark_find_syntax_extension("table");
	parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	if (table != NULL)
		cmark_parser_attach_syntax_extension(parser, table);
	cmark_parser_feed(parser, markdown, strlen(markdown));
	document = cmark_parser_finish(parser);
	html = document == NULL ? NULL
				: cmark_render_html(document, CMARK_OPT_DEFAULT,
					  cmark_parser_get_syntax_extensions(parser));
	if (html != NULL)
		add_scoped(out, html);
	free(html);
	cmark_node_free(document);
	cmark_parser_free(parser);
	return html == NULL ? -ENOMEM : par_text_status(out);
}
