package io.walrus.consensus.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.consensus.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes in processes of their own, killed while they work.
class KillTest {
    @TempDir
    private Path dir;

    private static Process child(Path dir, int port, String prefix, int topics) throws IOException {
        return Children.start(
                ChildNode.class, dir.toString(), Integer.toString(port), prefix, Integer.toString(topics));
    }

    @Test
    void everyAcknowledgedCommandSurvivesKillsUnderLoad() throws Exception {
        int port = Ports.free();
        List<String> acknowledged = new ArrayList<>();
        for (int run = 0; run < 5; run++) {
            String prefix = "run-" + run + "-";
            Process process = child(dir, port, prefix, Integer.MAX_VALUE);
            try (BufferedReader lines = process.inputReader()) {
                for (int i = 0; i < 300; i++) {
                    String line = lines.readLine();
                    assertThat(line).as("run %d, line %d", run, i).startsWith(prefix);
                    acknowledged.add(line);
                }
                // The handle's kill leaves the output readable, the process' own closes it.
                process.toHandle().destroyForcibly();
                // What was acknowledged between the last line taken and the kill counts too; only the last may be torn.
                List<String> rest = lines.lines().toList();
                acknowledged.addAll(rest.subList(0, Math.max(0, rest.size() - 1)));
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
            assertThat(node.log.state().topicIds().keySet()).containsAll(acknowledged);
            assertThat(node.recorder.failures).isEmpty();
        }
    }

    @Test
    void theProcessEndsByItselfAfterClosing() throws Exception {
        Process process = child(dir, Ports.free(), "x", 10);
        try (BufferedReader lines = process.inputReader()) {
            for (int i = 0; i < 10; i++) {
                assertThat(lines.readLine()).startsWith("x");
            }
            process.getOutputStream().close();
            assertThat(lines.readLine()).isEqualTo("closed");
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
