/* Each check of the doctor on machines that are well, that are not, and that do not tell. */
#include "doctor_fixture.h"

#define CPU   "/sys/devices/system/cpu/"
#define CLOCK "/sys/devices/system/clocksource/clocksource0/"

static void test_clock(void **state)
{
	static const struct doctor_scene scenes[] = {
		{ { { CPU "intel_pstate/no_turbo", "0\n" } },
			{ "turbo", DISTURBS, PAR_DOCTOR_SOME, "on",
				"echo 1 | sudo tee " CPU "intel_pstate/no_turbo >/dev/null\n",
				"echo 0 | sudo tee " CPU "intel_pstate/no_turbo >/dev/null\n",
				"Leave it on" } },
		{ { { CPU "intel_pstate/no_turbo", "1\n" } },
			{ "turbo", GOOD, "off", NO_COMMAND } },
		{ { { CPU "cpufreq/boost", "1\n" } }, { "turbo", DISTURBS, PAR_DOCTOR_SOME, "on",
							      "echo 0 |", "echo 1 |", NULL } },
		{ { { CPU "cpufreq/boost", "0\n" } }, { "turbo", GOOD, "off", NO_COMMAND } },
		{ { { CPU "cpufreq/boost", "7\n" } },
			{ "turbo", UNKNOWN, "holds '7'", NO_COMMAND } },
		{ { { NULL } }, { "turbo", UNKNOWN, "no switch", NO_COMMAND } },
		{ { { CLOCK "current_clocksource", "tsc\n" } },
			{ "clocksource", GOOD, "tsc", NO_COMMAND } },
		{ { { CLOCK "current_clocksource", "hpet\n" },
			  { CLOCK "available_clocksource", "tsc hpet acpi_pm \n" } },
			{ "clocksource", DISTURBS, PAR_DOCTOR_MUCH, "hpet",
				"echo tsc | sudo tee " CLOCK "current_clocksource",
				"echo hpet | sudo tee " CLOCK "current_clocksource", "" } },
		{ { { CLOCK "current_clocksource", "acpi_pm\n" },
			  { CLOCK "available_clocksource", "acpi_pm\n" } },
			{ "clocksource", DISTURBS, PAR_DOCTOR_MUCH, "acpi_pm", "", "", "dmesg" } },
		{ { { NULL } }, { "clocksource", UNKNOWN, "not told", NO_COMMAND } },
	};

	(void)state;
	PLAY(scenes);
}

static void test_energy_preference(void **state)
{
	static const char file[] = "cpufreq/energy_performance_preference";
	struct fake_tree tree = doctor_tree(3);

	(void)state;
	doctor_expect(&tree, &(struct doctor_expected){
				     "energy_preference", UNKNOWN, "this driver", NO_COMMAND });
	put_cpus(&tree, 0, 3, file, "performance\n");
	doctor_expect(&tree,
		&(struct doctor_expected){ "energy_preference", GOOD, "performance", NO_COMMAND });
	put_cpus(&tree, 0, 3, file, "balance_performance\n");
	doctor_expect(&tree, &(struct doctor_expected){ "energy_preference", DISTURBS,
				     PAR_DOCTOR_LITTLE, "balance_performance", "echo performance |",
				     "echo balance_performance |", "governor first" });
	put_cpus(&tree, 3, 3, file, "power\n");
	doctor_expect(&tree, &(struct doctor_expected){ "energy_preference", DISTURBS,
				     PAR_DOCTOR_SOME, "power on 1 CPU", "echo performance |",
				     "for n in 3; do echo power | sudo tee", NULL });
	fake_tree_close(&tree);
}

static void put_idle(
	const struct fake_tree *tree, unsigned state, const char *latency, const char *disable)
{
	char file[64];

	snprintf(file, sizeof file, "cpuidle/state%u/latency", state);
	put_cpus(tree, 0, 3, file, latency);
	snprintf(file, sizeof file, "cpuidle/state%u/disable", state);
	put_cpus(tree, 0, 3, file, disable);
}

/* Only the slow states are switched off, and one that is off already is let alone. */
static void test_idle_states(void **state)
{
	struct fake_tree tree = doctor_tree(3);

	(void)state;
	doctor_expect(&tree,
		&(struct doctor_expected){ "idle_states", UNKNOWN, "shows none", NO_COMMAND });
	put_cpus(&tree, 0, 3, "cpuidle/state0/name", "POLL\n");
	put_idle(&tree, 0, "0\n", "0\n");
	put_idle(&tree, 1, "2\n", "0\n");
	doctor_expect(
		&tree, &(struct doctor_expected){ "idle_states", GOOD, "within 2 us", NO_COMMAND });
	put_idle(&tree, 2, "200\n", "0\n");
	put_idle(&tree, 3, "900\n", "1\n");
	doctor_expect(&tree,
		&(struct doctor_expected){ "idle_states", DISTURBS, PAR_DOCTOR_SOME, "200 us",
			"echo 1 | sudo tee " CPU "cpu*/cpuidle/state2/disable >/dev/null\n",
			"echo 0 | sudo tee " CPU "cpu*/cpuidle/state2/disable >/dev/null\n",
			"cpu_dma_latency" });
	put_cpus(&tree, 2, 2, "cpuidle/state2/disable", "1\n");
	doctor_expect(&tree,
		&(struct doctor_expected){ "idle_states", DISTURBS, PAR_DOCTOR_SOME, NULL, NULL,
			"for n in 2; do echo 1 | sudo tee " CPU "cpu$n/cpuidle/state2/disable",
			NULL });
	put_cpus(&tree, 2, 2, "cpuidle/state2/disable", "1;x\n");
	doctor_expect(&tree, &(struct doctor_expected){ "idle_states", DISTURBS, PAR_DOCTOR_SOME,
				     NULL, "", "", "No command is given" });
	fake_tree_close(&tree);
}

static void test_power_and_heat(void **state)
{
	static const struct doctor_scene scenes[] = {
		{ { { NULL } }, { "power_supply", UNKNOWN, "no battery", NO_COMMAND } },
		{ { { "/sys/class/power_supply/AC/type", "Mains\n" },
			  { "/sys/class/power_supply/AC/online", "1\n" } },
			{ "power_supply", GOOD, "mains", NO_COMMAND } },
		{ { { "/sys/class/power_supply/AC/type", "Mains\n" },
			  { "/sys/class/power_supply/AC/online", "0\n" } },
			{ "power_supply", DISTURBS, PAR_DOCTOR_MUCH, "battery", "", "",
				"Plug in" } },
		{ { { "/sys/class/power_supply/B/type", "Battery\n" },
			  { "/sys/class/power_supply/B/status", "Discharging\n" },
			  { "/sys/class/power_supply/B/scope", "Device\n" } },
			{ "power_supply", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/sys/class/hwmon/hwmon0/name", "coretemp\n" },
			  { "/sys/class/hwmon/hwmon0/temp1_input", "45000\n" },
			  { "/sys/class/hwmon/hwmon0/temp1_crit", "100000\n" } },
			{ "temperature", GOOD, "45 C, limit 100 C", NO_COMMAND } },
		{ { { "/sys/class/hwmon/hwmon0/name", "coretemp\n" },
			  { "/sys/class/hwmon/hwmon0/temp1_input", "96000\n" },
			  { "/sys/class/hwmon/hwmon0/temp1_crit", "100000\n" } },
			{ "temperature", DISTURBS, PAR_DOCTOR_MUCH, "96 C", "", "", "cool" } },
		{ { { "/sys/class/hwmon/hwmon0/name", "nvme\n" },
			  { "/sys/class/hwmon/hwmon0/temp1_input", "96000\n" },
			  { "/sys/class/hwmon/hwmon0/temp1_crit", "100000\n" } },
			{ "temperature", UNKNOWN, "no sensor", NO_COMMAND } },
		{ { { "/sys/class/thermal/thermal_zone0/type", "cpu-thermal\n" },
			  { "/sys/class/thermal/thermal_zone0/temp", "79000\n" },
			  { "/sys/class/thermal/thermal_zone0/trip_point_0_type", "passive\n" },
			  { "/sys/class/thermal/thermal_zone0/trip_point_0_temp", "85000\n" } },
			{ "temperature", DISTURBS, PAR_DOCTOR_MUCH, "79 C, limit 85 C",
				NO_COMMAND } },
		{ { { NULL } }, { "throttling", UNKNOWN, NULL, NO_COMMAND } },
	};

	(void)state;
	PLAY(scenes);
}

static void test_throttling(void **state)
{
	struct fake_tree tree = doctor_tree(3);

	(void)state;
	put_cpus(&tree, 0, 3, "thermal_throttle/package_throttle_count", "0\n");
	put_cpus(&tree, 0, 3, "thermal_throttle/core_throttle_count", "0\n");
	doctor_expect(&tree, &(struct doctor_expected){ "throttling", GOOD, "never", NO_COMMAND });
	put_cpus(&tree, 1, 2, "thermal_throttle/core_throttle_count", "3\n");
	doctor_expect(&tree, &(struct doctor_expected){ "throttling", DISTURBS, PAR_DOCTOR_SOME,
				     "6 times", "", "", "fans" });
	fake_tree_close(&tree);
}

static void test_sharing(void **state)
{
	static const struct doctor_scene scenes[] = {
		{ { { CPU "smt/active", "1\n" }, { CPU "smt/control", "on\n" } },
			{ "smt", DISTURBS, PAR_DOCTOR_SOME, "on", "echo off |", "echo on |",
				"Leave it on" } },
		{ { { CPU "smt/active", "1\n" } },
			{ "smt", DISTURBS, PAR_DOCTOR_SOME, "on", "", "", "firmware" } },
		{ { { CPU "smt/active", "0\n" }, { CPU "smt/control", "notsupported\n" } },
			{ "smt", GOOD, "notsupported", NO_COMMAND } },
		{ { { NULL } }, { "smt", UNKNOWN, NULL, NO_COMMAND } },
		{ { { "/proc/sys/kernel/numa_balancing", "1\n" },
			  { "/sys/devices/system/node/online", "0-1\n" } },
			{ "numa_balancing", DISTURBS, PAR_DOCTOR_SOME, "on (1)",
				"sudo sysctl -w kernel.numa_balancing=0\n",
				"sudo sysctl -w kernel.numa_balancing=1\n", "" } },
		{ { { "/proc/sys/kernel/numa_balancing", "1\n" },
			  { "/sys/devices/system/node/online", "0\n" } },
			{ "numa_balancing", GOOD, "one memory node", NO_COMMAND } },
		{ { { "/proc/sys/kernel/numa_balancing", "0\n" } },
			{ "numa_balancing", GOOD, "off", NO_COMMAND } },
		{ { { NULL } }, { "numa_balancing", UNKNOWN, NULL, NO_COMMAND } },
		{ { { CPU "isolated", "\n" } }, { "isolated", GOOD, "none", NO_COMMAND } },
		{ { { CPU "isolated", "4-7\n" }, { CPU "nohz_full", "4-7\n" } },
			{ "isolated", GOOD, "4-7, none of which is used; nohz_full: 4-7",
				NO_COMMAND } },
		{ { { CPU "isolated", "2-5\n" } }, { "isolated", DISTURBS, PAR_DOCTOR_MUCH,
							   "2 of the 4 CPUs", "", "", "taskset" } },
		{ { { "/proc/77/stat",
			  "77 (irqbalance) S 1 1 1 0 -1 4 1 0 0 0 5 5 0 0 20 0 1\n" } },
			{ "irqbalance", DISTURBS, PAR_DOCTOR_LITTLE, "running", "stop irqbalance",
				"start irqbalance", NULL } },
		{ { { NULL } }, { "irqbalance", GOOD, "not running", NO_COMMAND } },
	};

	(void)state;
	PLAY(scenes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_energy_preference),
		cmocka_unit_test(test_idle_states),
		cmocka_unit_test(test_power_and_heat),
		cmocka_unit_test(test_throttling),
		cmocka_unit_test(test_sharing),
	};

	return cmocka_run_group_tests_name("doctor_checks", tests, NULL, NULL);
}
