package io.walrus.systemtests;

import java.util.List;
import java.util.regex.Pattern;

/// What varies from run to run in the output of Walrus' programs, and is not compared.
final class Varying {
    private record Rule(Pattern pattern, String replacement) {
        private Rule(String pattern, String replacement) {
            this(Pattern.compile(pattern), replacement);
        }
    }

    /// Whole lines: builds, how far a drain is, and how a dump's records are divided into groups.
    private static final Pattern PASSED_OVER = Pattern.compile(
            "building Walrus…|built in \\d+ s: .*|Walrus is built|node \\d+: \\d+ segments? to go|\\s*\\d+  GROUP .*");

    private static final List<Rule> RULES = List.of(
            new Rule("\\bpid \\d+", "pid #"),
            new Rule("\\b\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\b", "#"),
            new Rule("\\b\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z", "#"),
            new Rule("\\bin \\d+\\.\\d+ s \\(\\d+ entries/s\\)", "in # s"),
            // The place of the tree.
            new Rule("\\S*/build/cluster\\b", "build/cluster"),
            // In the table of nodes: when a node was last heard, and which of them leads the metadata.
            new Rule(" (now|\\d+ s ago) ", " # "),
            new Rule("^\\*(?=\\d)", " "),
            // In a dump: the position of a record in its file.
            new Rule("^ +\\d+ (?= *[A-Z_]+ stream=)", "# "),
            // Columns are as wide as what stands in them.
            new Rule(" +", " "));

    private Varying() {}

    /// The lines of an output without what varies.
    static List<String> leftOut(List<String> lines) {
        return lines.stream()
                .filter(line -> !PASSED_OVER.matcher(line).matches())
                .map(Varying::leftOut)
                .toList();
    }

    private static String leftOut(String line) {
        String compared = line;
        for (Rule rule : RULES) {
            compared = rule.pattern.matcher(compared).replaceAll(rule.replacement);
        }
        return compared.strip();
    }
}
