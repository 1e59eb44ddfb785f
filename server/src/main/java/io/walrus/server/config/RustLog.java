package io.walrus.server.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads RUST_LOG as programs in Rust do: `LEVEL`, `TARGET=LEVEL`, and lists of both with commas between. A shell may
/// have it set for other programs, so nothing in it keeps a node from starting.
final class RustLog {
    static final String VARIABLE = "RUST_LOG";
    static final List<String> LEVELS = List.of("off", "error", "warn", "info", "debug", "trace");

    private static final String DEFAULT = "info";
    private static final Pattern DIRECTIVE = Pattern.compile("(?:([^=]*)=)?([^=]*)");

    private RustLog() {}

    /// The level for Walrus: that of the last directive for it, or else of the last one for everything.
    static String level(String directives) {
        String ofAll = DEFAULT;
        String own = "";
        // What follows a slash filters by the text of a line.
        for (String directive : directives.split("/", 2)[0].split(",", -1)) {
            Matcher parts = DIRECTIVE.matcher(directive.strip().toLowerCase(Locale.ROOT));
            if (parts.matches() && LEVELS.contains(parts.group(2).strip())) {
                String level = parts.group(2).strip();
                if (parts.group(1) == null) {
                    ofAll = level;
                } else if (parts.group(1).startsWith("walrus")) {
                    own = level;
                }
            }
        }
        return own.isEmpty() ? ofAll : own;
    }
}
