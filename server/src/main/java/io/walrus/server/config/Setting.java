package io.walrus.server.config;

import java.util.List;

/// One thing an operator can set, by flag or by environment variable; the flag wins.
///
/// @param flags the flag and its aliases, the first being the one shown in messages
/// @param variables the environment variable and its aliases, in the order they are looked up
/// @param defaultValue used when neither is given; empty for a setting that has no default
/// @param placeholder what stands for the value in `--help`; empty for a switch, which takes no value
/// @param help one line for `--help`
record Setting(
        List<String> flags, List<String> variables, String defaultValue, String placeholder, String help, Check check) {

    /// Says what is wrong with a value.
    @FunctionalInterface
    interface Check {
        /// Says what is wrong, or returns an empty text.
        String violation(String value);
    }

    String flag() {
        return flags.getFirst();
    }

    String variable() {
        return variables.getFirst();
    }

    boolean isSwitch() {
        return placeholder.isEmpty();
    }

    static Setting of(String flag, String variable, String defaultValue, String placeholder, String help, Check check) {
        return new Setting(List.of(flag), List.of(variable), defaultValue, placeholder, help, check);
    }

    static Check number(long min, long max) {
        return value -> {
            try {
                long number = Long.parseLong(value);
                return number >= min && number <= max ? "" : "must be between " + min + " and " + max;
            } catch (NumberFormatException _) {
                return "must be a whole number between " + min + " and " + max;
            }
        };
    }

    static Check text() {
        return value -> value.isBlank() ? "must not be empty" : "";
    }

    static Check switchValue() {
        return value -> isOn(value) || isOff(value) ? "" : "must be one of 1, true, yes, on, 0, false, no, off";
    }

    static boolean isOn(String value) {
        return List.of("1", "true", "yes", "on").contains(value.toLowerCase(java.util.Locale.ROOT));
    }

    private static boolean isOff(String value) {
        return List.of("", "0", "false", "no", "off").contains(value.toLowerCase(java.util.Locale.ROOT));
    }
}
