package io.walrus.testkit.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the JSON that nodes answer with: objects as maps, arrays as lists, whole numbers as longs.
public final class JsonText {
    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /// Reads an object.
    ///
    /// @throws IllegalArgumentException if it can't be read
    public static Map<?, ?> object(String text) {
        JsonText json = new JsonText(text);
        if (!(json.value() instanceof Map<?, ?> object) || json.next() != 0) {
            throw new IllegalArgumentException("not one object: " + text);
        }
        return object;
    }

    /// The value at the end of a path of fields; null if there is none.
    public static @Nullable Object in(Map<?, ?> object, String... path) {
        Object value = object;
        for (String field : path) {
            value = value instanceof Map<?, ?> fields ? fields.get(field) : null;
        }
        return value;
    }

    /// The elements of a list; none if it is no list.
    public static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private @Nullable Object value() {
        return switch (next()) {
            case '{' -> fields();
            case '[' -> elements();
            case '"' -> string();
            default -> word();
        };
    }

    private Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        take('{');
        while (next() != '}') {
            String name = string();
            take(':');
            fields.put(name, value());
            separator('}');
        }
        take('}');
        return fields;
    }

    private List<@Nullable Object> elements() {
        List<@Nullable Object> elements = new ArrayList<>();
        take('[');
        while (next() != ']') {
            elements.add(value());
            separator(']');
        }
        take(']');
        return elements;
    }

    private void separator(char end) {
        if (next() != end) {
            take(',');
        }
    }

    private String string() {
        take('"');
        StringBuilder string = new StringBuilder();
        while (character() != '"') {
            char next = character();
            at++;
            string.append(next == '\\' ? escaped() : next);
        }
        at++;
        return string.toString();
    }

    private char character() {
        require(at < text.length(), "the end of a string");
        return text.charAt(at);
    }

    private char escaped() {
        char kind = character();
        at++;
        if (kind != 'u') {
            int known = "bfnrt".indexOf(kind);
            return known < 0 ? kind : "\b\f\n\r\t".charAt(known);
        }
        require(at + 4 <= text.length(), "four digits");
        at += 4;
        return (char) Integer.parseInt(text, at - 4, at, 16);
    }

    private @Nullable Object word() {
        int start = at;
        while (at < text.length() && ",]} \n\t\r".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        require(!word.isEmpty(), "a value");
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> Long.valueOf(word);
        };
    }

    /// The next character that is no space, which stays where it is; 0 at the end.
    private char next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void take(char expected) {
        require(next() == expected, "'" + expected + "'");
        at++;
    }

    private void require(boolean condition, String expected) {
        if (!condition) {
            throw new IllegalArgumentException("not " + expected + " at " + at + " of " + text);
        }
    }
}
