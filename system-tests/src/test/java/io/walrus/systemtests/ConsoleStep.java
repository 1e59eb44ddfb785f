package io.walrus.systemtests;

import java.util.ArrayList;
import java.util.List;

/// A command of a document and the output that the document shows for it.
///
/// @param line of the document, from 1
/// @param output line by line; [#GAP] stands for any number of lines, none included
record ConsoleStep(int line, String command, List<String> output) {
    static final String GAP = "…";

    private static final String PROMPT = "$ ";
    private static final String OPENING = "```console";
    private static final String CLOSING = "```";

    ConsoleStep {
        output = List.copyOf(output);
    }

    /// The steps of all blocks that open with "```console" and nothing else, in order.
    static List<ConsoleStep> of(String document) {
        List<ConsoleStep> steps = new ArrayList<>();
        List<String> lines = document.lines().toList();
        boolean inBlock = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!inBlock) {
                inBlock = line.equals(OPENING);
            } else if (line.equals(CLOSING)) {
                inBlock = false;
            } else if (line.startsWith(PROMPT)) {
                steps.add(new ConsoleStep(i + 1, line.substring(PROMPT.length()), outputBehind(lines, i)));
            }
        }
        return steps;
    }

    private static List<String> outputBehind(List<String> lines, int command) {
        return lines.stream()
                .skip(command + 1L)
                .takeWhile(line -> !line.equals(CLOSING) && !line.startsWith(PROMPT))
                .toList();
    }

    /// Whether the output may be another one at first, as a comment behind the command says.
    boolean comesLater() {
        return command.matches(".* # .*later");
    }

    /// Whether this is what a command printed, gaps filled.
    boolean isShownBy(List<String> printed) {
        return matches(output, printed);
    }

    private static boolean matches(List<String> shown, List<String> printed) {
        if (shown.isEmpty()) {
            return printed.isEmpty();
        }
        List<String> rest = shown.subList(1, shown.size());
        if (!shown.getFirst().equals(GAP)) {
            return !printed.isEmpty()
                    && printed.getFirst().equals(shown.getFirst())
                    && matches(rest, printed.subList(1, printed.size()));
        }
        for (int from = 0; from <= printed.size(); from++) {
            if (matches(rest, printed.subList(from, printed.size()))) {
                return true;
            }
        }
        return false;
    }

    /// The output shown and the one printed as one text: lines of only the first begin with `-`, of only the other
    /// with `+`.
    String difference(List<String> printed) {
        int[][] common = new int[output.size() + 1][printed.size() + 1];
        for (int i = output.size() - 1; i >= 0; i--) {
            for (int j = printed.size() - 1; j >= 0; j--) {
                common[i][j] = output.get(i).equals(printed.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        StringBuilder text = new StringBuilder();
        int i = 0;
        int j = 0;
        while (i < output.size() || j < printed.size()) {
            if (i < output.size() && j < printed.size() && output.get(i).equals(printed.get(j))) {
                text.append("  ").append(output.get(i)).append('\n');
                i++;
                j++;
            } else if (j == printed.size() || (i < output.size() && common[i + 1][j] >= common[i][j + 1])) {
                text.append("- ").append(output.get(i)).append('\n');
                i++;
            } else {
                text.append("+ ").append(printed.get(j)).append('\n');
                j++;
            }
        }
        return text.toString();
    }
}
