package io.walrus.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing an operator can set, by flag or by environment variable; the flag wins.
///
/// @param flags the flag and its aliases, the first being the one shown in messages
/// @param variables the environment variable and its aliases, in the order they are looked up
/// @param defaultText used when neither is given; empty for a setting without a default
/// @param placeholder what stands for the value in `--help`; empty for a switch, which takes no value
/// @param help one line for `--help` and the README's table, with literals in backticks
/// @param <T> the type of its value
record Setting<T>(
        List<String> flags,
        List<String> variables,
        String defaultText,
        String placeholder,
        String help,
        ValueType<T> type) {

    Setting {
        flags = List.copyOf(flags);
        variables = List.copyOf(variables);
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

    /// What is wrong with a text, or null if it stands for a value.
    @Nullable
    String violation(String text) {
        try {
            T _ = type.parse(text);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
