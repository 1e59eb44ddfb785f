package io.walrus.testkit.scenario;

import java.util.ArrayList;
import java.util.List;

/// The lines by which two texts differ, with a few of those before and after.
final class LineDiff {
    private static final int CONTEXT = 3;

    private LineDiff() {}

    /// Lines that are in both begin with a space, others with `-` or `+`.
    static String of(List<String> before, List<String> now) {
        int[][] common = new int[before.size() + 1][now.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < now.size()) {
            if (i < before.size() && j < now.size() && before.get(i).equals(now.get(j))) {
                lines.add("  " + before.get(i++));
                j++;
            } else if (i < before.size() && (j == now.size() || common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + before.get(i++));
            } else {
                lines.add("+ " + now.get(j++));
            }
        }
        return onlyNearChanges(lines);
    }

    private static String onlyNearChanges(List<String> lines) {
        StringBuilder text = new StringBuilder();
        boolean isCut = false;
        for (int i = 0; i < lines.size(); i++) {
            List<String> near = lines.subList(Math.max(0, i - CONTEXT), Math.min(lines.size(), i + CONTEXT + 1));
            if (near.stream().anyMatch(line -> !line.startsWith("  "))) {
                text.append(lines.get(i)).append('\n');
                isCut = false;
            } else if (!isCut) {
                text.append("  …\n");
                isCut = true;
            }
        }
        return text.toString();
    }
}
