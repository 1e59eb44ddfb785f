package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.walrus.testkit.process.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The console blocks of the documents that newcomers follow: each command, run in order by a shell, prints what the
/// document shows, but for what varies ([Varying]).
///
/// The nodes have ports and a folder of their own. The ports that the documents name are put in place of those, in
/// commands and back in their output.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TutorialTest {
    private static final int NODES = 3;
    private static final int SHOWN_CLIENT_BASE = 9090;
    private static final int SHOWN_RAFT_BASE = 6000;
    private static final long LATER_NS = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern SHOWN_PORT = Pattern.compile("\\b(909|600)([1-9])\\b");

    @TempDir
    private Path folder;

    private Map<String, String> environment = Map.of();
    private int clientBase;
    private int raftBase;

    @BeforeEach
    void layOutATree() throws Exception {
        int firstPort = FreePorts.consecutive(2 * NODES);
        clientBase = firstPort - 1;
        raftBase = firstPort + NODES - 1;
        // As in the tree, but that nothing is built: the programs are those that the other tests run.
        Files.createSymbolicLink(
                folder.resolve("bin"), Launched.program("cluster").getParent());
        Files.createSymbolicLink(folder.resolve("Makefile"), Project.ROOT.resolve("Makefile"));
        environment = Map.of(
                "WALRUS_HEAP", "256m",
                "WALRUS_DIRECT_MEMORY", "384m",
                "WALRUS_CLUSTER_DIR", folder.resolve("build/cluster").toString(),
                "WALRUS_CLUSTER_CLIENT_BASE", String.valueOf(clientBase),
                "WALRUS_CLUSTER_RAFT_BASE", String.valueOf(raftBase),
                "WALRUS_ADDR", "127.0.0.1:" + (clientBase + 1),
                // A busy machine may keep a node waiting for longer than the second that is the default.
                "WALRUS_NODE_TIMEOUT_MS", "3000",
                // The output is a reader's at a terminal, without its colours.
                "WALRUS_JAVA_OPTS", "-Dwalrus.terminals=1",
                "NO_COLOR", "1");
    }

    @AfterEach
    void stopWhatRuns() throws Exception {
        Launched.run(folder, environment, Launched.program("cluster"), "clean").succeeded();
        Files.delete(folder.resolve("bin"));
        Files.delete(folder.resolve("Makefile"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/tutorial.md"})
    void theCommandsOfADocumentPrintWhatItShows(String document) throws Exception {
        List<ConsoleStep> steps = ConsoleStep.of(Project.text(Project.ROOT.resolve(document)));
        assertThat(steps).as("commands of %s", document).isNotEmpty();
        for (ConsoleStep step : steps) {
            follow(document, step);
        }
    }

    private void follow(String document, ConsoleStep step) throws Exception {
        ConsoleStep compared = new ConsoleStep(step.line(), step.command(), Varying.leftOut(step.output()));
        long deadlineNs = System.nanoTime() + (step.comesLater() ? LATER_NS : 0);
        List<String> printed;
        do {
            printed = Varying.leftOut(run(step.command()));
        } while (!compared.isShownBy(printed) && System.nanoTime() - deadlineNs < 0);
        if (!compared.isShownBy(printed)) {
            fail(
                    "%s, line %d: \"%s\" prints something else than is shown (-):%n%s",
                    document, step.line(), step.command(), compared.difference(printed));
        }
    }

    private List<String> run(String command) throws Exception {
        Launched launched =
                Launched.run(folder, environment, Path.of("/bin/sh"), "-c", "exec 2>&1\n" + withOwnPorts(command));
        return launched.out().lines().map(this::withShownPorts).toList();
    }

    private String withOwnPorts(String command) {
        return SHOWN_PORT.matcher(command).replaceAll(port -> {
            int base = port.group(1).equals("909") ? clientBase : raftBase;
            return String.valueOf(base + Integer.parseInt(port.group(2)));
        });
    }

    private String withShownPorts(String line) {
        String shown = line;
        for (int node = 1; node <= NODES; node++) {
            shown = shown.replace(":" + (clientBase + node), ":" + (SHOWN_CLIENT_BASE + node))
                    .replace(":" + (raftBase + node), ":" + (SHOWN_RAFT_BASE + node));
        }
        return shown;
    }
}
