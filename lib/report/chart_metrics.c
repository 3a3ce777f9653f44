#include "chart_format.h"

/* Advance widths of U+0020 to U+007E in thousandths of the size, from the fonts' hmtx tables. */
static const unsigned short plain[95] = {
	318,
	401,
	460,
	838,
	636,
	950,
	780,
	275,
	390,
	390,
	500,
	838,
	318,
	361,
	318,
	337,
	636,
	636,
	636,
	636,
	636,
	636,
	636,
	636,
	636,
	636,
	337,
	337,
	838,
	838,
	838,
	531,
	1000,
	684,
	686,
	698,
	770,
	632,
	575,
	775,
	752,
	295,
	295,
	656,
	557,
	863,
	748,
	787,
	603,
	787,
	695,
	635,
	611,
	732,
	684,
	989,
	685,
	611,
	685,
	390,
	337,
	390,
	838,
	500,
	500,
	613,
	635,
	550,
	635,
	615,
	352,
	635,
	634,
	278,
	278,
	579,
	278,
	974,
	634,
	612,
	635,
	635,
	411,
	521,
	392,
	634,
	592,
	818,
	592,
	592,
	525,
	636,
	337,
	636,
	838,
};

static const unsigned short bold[95] = {
	348,
	456,
	521,
	838,
	696,
	1002,
	872,
	306,
	457,
	457,
	523,
	838,
	380,
	415,
	380,
	365,
	696,
	696,
	696,
	696,
	696,
	696,
	696,
	696,
	696,
	696,
	400,
	400,
	838,
	838,
	838,
	580,
	1000,
	774,
	762,
	734,
	830,
	683,
	683,
	821,
	837,
	372,
	372,
	775,
	637,
	995,
	837,
	850,
	733,
	850,
	770,
	720,
	682,
	812,
	774,
	1103,
	771,
	724,
	725,
	457,
	365,
	457,
	838,
	500,
	500,
	675,
	716,
	593,
	716,
	678,
	435,
	716,
	712,
	343,
	343,
	665,
	343,
	1042,
	712,
	687,
	716,
	716,
	493,
	595,
	478,
	712,
	652,
	924,
	645,
	652,
	582,
	712,
	365,
	712,
	838,
};

/* Others that charts use. */
static const struct {
	unsigned code;
	unsigned short plain, bold;
} others[] = {
	{ 0xA0, 318, 348 },
	{ 0xB1, 838, 838 },
	{ 0xB5, 636, 736 },
	{ 0xB7, 318, 380 },
	{ 0xD7, 838, 838 },
	{ 0xF7, 838, 838 },
	{ 0x2013, 500, 500 },
	{ 0x2019, 318, 380 },
	{ 0x2026, 1000, 1000 },
	{ 0x2192, 838, 838 },
	{ 0x2248, 838, 838 },
	{ 0x25B8, 502, 502 },
	{ 0x25CB, 873, 873 },
	{ 0x2605, 896, 896 },
};
#define UNKNOWN_WIDTH 900

/* Reads one code point and moves on; a byte that starts none stands for itself. */
static unsigned next_code(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	unsigned code = at[0];
	int more = code >= 0xF0 ? 3 : code >= 0xE0 ? 2 : code >= 0xC0 ? 1 : 0;

	if (more > 0)
		code &= 0x3Fu >> more;
	*text += 1;
	while (more-- > 0 && ((unsigned char)**text & 0xC0) == 0x80)
		code = code << 6 | ((unsigned char)*(*text)++ & 0x3F);
	return code;
}

static unsigned width_of(unsigned code, bool is_bold)
{
	if (code >= 0x20 && code < 0x7F)
		return is_bold ? bold[code - 0x20] : plain[code - 0x20];
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].code == code)
			return is_bold ? others[i].bold : others[i].plain;
	return UNKNOWN_WIDTH;
}

double par_text_width(const char *text, double size, bool is_bold)
{
	unsigned long thousandths = 0;

	while (*text != '\0')
		thousandths += width_of(next_code(&text), is_bold);
	return size * (double)thousandths / 1000;
}
