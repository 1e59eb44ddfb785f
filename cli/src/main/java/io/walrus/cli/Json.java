package io.walrus.cli;

import java.nio.charset.StandardCharsets;

/// Lays out JSON for people: a field a line, arrays and empty objects on one.
final class Json {
    private static final String STEP = "  ";

    private Json() {}

    /// @param json valid, without white space between its tokens or with any
    static byte[] indented(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        StringBuilder laidOut = new StringBuilder(2 * text.length());
        int depth = 0;
        int arrays = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                laidOut.append(c);
                if (c == '\\') {
                    i++;
                    laidOut.append(text.charAt(i));
                } else if (c == '"') {
                    quoted = false;
                }
                continue;
            }
            switch (c) {
                case ' ', '\t', '\n', '\r' -> {}
                case '{' -> {
                    int end = endOfEmpty(text, i);
                    if (end > 0) {
                        laidOut.append("{}");
                        i = end;
                    } else {
                        depth++;
                        laidOut.append(c);
                        newLine(laidOut, depth);
                    }
                }
                case '}' -> {
                    depth--;
                    newLine(laidOut, depth);
                    laidOut.append(c);
                }
                case '[', ']' -> {
                    arrays += c == '[' ? 1 : -1;
                    laidOut.append(c);
                }
                case ',' -> {
                    laidOut.append(c);
                    if (arrays > 0) {
                        laidOut.append(' ');
                    } else {
                        newLine(laidOut, depth);
                    }
                }
                case ':' -> laidOut.append(": ");
                case '"' -> {
                    quoted = true;
                    laidOut.append(c);
                }
                default -> laidOut.append(c);
            }
        }
        return laidOut.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void newLine(StringBuilder laidOut, int depth) {
        laidOut.append('\n').append(STEP.repeat(depth));
    }

    private static int endOfEmpty(String text, int open) {
        int next = open + 1;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        return next < text.length() && text.charAt(next) == '}' ? next : 0;
    }
}
