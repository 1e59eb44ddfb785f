package io.walrus.systemtests.node;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The prompt, on a terminal that `script` of util-linux provides.
class PromptTest {
    private static final Map<String, String> COLOURS = Map.of("TERM", "xterm-256color");

    @TempDir
    private Path folder;

    @BeforeEach
    void thereIsATerminal() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script of util-linux");
    }

    @Test
    void aPersonGetsColoursCompletionHistoryAndLeavesWithCodeZero() throws Exception {
        try (NodeProcess node = NodeSetup.in(folder).start()) {
            List<String> command = CliProcess.command(node.clientPort());
            try (CliProcess prompt = onTerminal(COLOURS, command)) {
                prompt.awaitOut("Connected to 127.0.0.1:" + node.clientPort());
                typeAtPrompt(prompt, 1, "regi\torders\r").awaitOut("\u001b[32mOK\u001b[0m");
                // A topic that was seen is completed, and quotes and backslashes are nothing special.
                typeAtPrompt(prompt, 2, "put ord\tit's \"so\" a\\b !\r");
                typeAtPrompt(prompt, 3, "get ord\t\r").awaitOut("it's \"so\" a\\b !\r\n");
                typeAtPrompt(prompt, 4, "get nowhere\r").awaitOut("\u001b[31mERR unknown topic nowhere\u001b[0m");
                typeAtPrompt(prompt, 5, "nonsense\r").awaitOut("\u001b[31mwalrus-cli: unknown command nonsense");
                typeAtPrompt(prompt, 6, "state orders\r").awaitOut("{\r\n  \"current_segment\": 1,\r\n");
                // Ctrl-C gives the line up.
                typeAtPrompt(prompt, 7, "put orders never\u0003");
                typeAtPrompt(prompt, 8, "get orders\r").awaitOut("\u001b[33mEMPTY\u001b[0m");
                typeAtPrompt(prompt, 9, "exit\r").awaitEnd().exited(0);
            }
            // The history outlives the prompt: one line up (Ctrl-P) is exit, two is the GET.
            try (CliProcess prompt = onTerminal(COLOURS, command)) {
                typeAtPrompt(prompt, 1, "\u0010\u0010").awaitOut("get orders");
                prompt.type("\r").awaitOut("EMPTY");
                typeAtPrompt(prompt, 2, "\u0004").awaitEnd().exited(0);
            }
        }
    }

    /// Types once the prompt has shown for the n-th time: what comes earlier a terminal treats in its own way.
    private static CliProcess typeAtPrompt(CliProcess prompt, int times, String text) throws Exception {
        return prompt.awaitOut("walrus>", times).type(text);
    }

    @Test
    void noColourIsShownToThoseWhoWantNone() throws Exception {
        try (NodeProcess node = NodeSetup.in(folder).start();
                CliProcess get =
                        onTerminal(Map.of("NO_COLOR", "1"), CliProcess.command(node.clientPort(), "get", "logs"))) {
            get.awaitEnd().exited(0).printed("EMPTY\r\n");
        }
    }

    private CliProcess onTerminal(Map<String, String> environment, List<String> command) throws Exception {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.put("XDG_STATE_HOME", folder.resolve("state").toString());
        return CliProcess.startWith(
                List.of("script", "-qec", "stty cols 80 rows 24; " + String.join(" ", command), "/dev/null"), all);
    }
}
