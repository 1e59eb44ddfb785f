package io.walrus.server.config;

import io.walrus.protocol.TopicNames;
import io.walrus.transport.HostPort;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// How the text of a setting becomes its value.
///
/// @param <T> the value's type
@FunctionalInterface
interface ValueType<T> {
    /// Reads a value.
    ///
    /// @throws IllegalArgumentException if the text stands for none; the message begins with `must`
    T parse(String text);

    static ValueType<Long> number(long min, long max) {
        return text -> {
            long number;
            try {
                number = Long.parseLong(text);
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException("must be a whole number between " + min + " and " + max);
            }
            return require(number >= min && number <= max, number, "must be between " + min + " and " + max);
        };
    }

    static ValueType<Integer> smallNumber(int min, int max) {
        ValueType<Long> number = number(min, max);
        return text -> number.parse(text).intValue();
    }

    static ValueType<Integer> port() {
        return smallNumber(1, 65_535);
    }

    static ValueType<Duration> millis(long min, long max) {
        ValueType<Long> number = number(min, max);
        return text -> Duration.ofMillis(number.parse(text));
    }

    static ValueType<Duration> days(long min, long max) {
        ValueType<Long> number = number(min, max);
        return text -> Duration.ofDays(number.parse(text));
    }

    static ValueType<String> text() {
        return text -> require(!text.isBlank(), text, "must not be empty");
    }

    /// A host to listen on; an IPv6 address may have brackets, which its value has not.
    static ValueType<String> host() {
        return text -> HostPort.bare(text().parse(text));
    }

    /// A host that others connect to, or nothing.
    static ValueType<String> reachableHost() {
        return text -> {
            String fault = text.isEmpty() ? null : HostPort.hostFault(text);
            return require(fault == null, HostPort.bare(text), String.valueOf(fault));
        };
    }

    static ValueType<Path> path() {
        return text -> {
            try {
                return Path.of(text().parse(text));
            } catch (InvalidPathException _) {
                throw new IllegalArgumentException("must be a path");
            }
        };
    }

    static ValueType<String> oneOf(List<String> all) {
        String list = String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.getLast();
        return text -> {
            String word = text.toLowerCase(Locale.ROOT);
            return require(all.contains(word), word, "must be " + list);
        };
    }

    /// `HOST:PORT`, or nothing.
    static ValueType<String> hostPort() {
        return text -> {
            try {
                return text.isEmpty() ? text : HostPort.parse(text).toString();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("must be HOST:PORT: " + e.getMessage(), e);
            }
        };
    }

    /// `group`, `os` or `interval:MS`.
    static ValueType<String> fsyncPolicy() {
        return text -> {
            boolean isInterval = text.startsWith("interval:") && isIn(text.substring("interval:".length()), 1, 60_000);
            return require(
                    text.equals("group") || text.equals("os") || isInterval,
                    text,
                    "must be group, os or interval:MS with MS between 1 and 60000");
        };
    }

    /// Topics with commas between; each is taken once.
    static ValueType<List<String>> topics() {
        return text -> {
            List<String> topics = List.of(text.split(",")).stream()
                    .map(String::strip)
                    .filter(topic -> !topic.isEmpty())
                    .distinct()
                    .toList();
            for (String topic : topics) {
                String violation = TopicNames.violation(topic);
                if (violation != null) {
                    throw new IllegalArgumentException("must be topics with commas between: " + violation);
                }
            }
            return topics;
        };
    }

    /// On or off; the flag alone is on, an empty variable is off.
    static ValueType<Boolean> onOff() {
        return text -> {
            String word = text.toLowerCase(Locale.ROOT);
            boolean isOn = List.of("1", "true", "yes", "on").contains(word);
            boolean isOff = List.of("", "0", "false", "no", "off").contains(word);
            return require(isOn || isOff, isOn, "must be one of 1, true, yes, on, 0, false, no, off");
        };
    }

    private static boolean isIn(String text, long min, long max) {
        try {
            long number = Long.parseLong(text);
            return number >= min && number <= max;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    private static <T> T require(boolean isValid, T value, String message) {
        if (!isValid) {
            throw new IllegalArgumentException(message);
        }
        return value;
    }
}
