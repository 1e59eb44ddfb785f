package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.Ports;
import io.walrus.consensus.RaftConfig;
import io.walrus.metadata.Command;
import io.walrus.metadata.Command.Batch;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small real file system without a byte left.
class FullDiskTest {
    private static final long RESERVE_BYTES = 8 << 20;

    private static final int DISK_BYTES = 100 << 20;

    @TempDir
    private Path disk = Path.of("");

    private boolean mounted;

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", disk.toString()) == 0;
        assumeThat(mounted).as("this test needs the right to mount a tmpfs").isTrue();
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", "--lazy", disk.toString())).isZero();
        }
    }

    @Test
    void aNodeRunsOnAndStartsOnAFullDisk() throws Exception {
        RaftConfig config = LoneNode.config(disk.resolve("data"), Ports.free());
        int batches = 0;
        try (LoneNode node = LoneNode.start(config)) {
            node.initCluster();
            assertThat(node.create("first")).isInstanceOf(Result.Created.class);
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(reserves()).isEqualTo(2));
            fill();
            await().untilAsserted(() -> assertThat(reserves()).isEqualTo(1));
            // More than Ratis has room for in the file it writes.
            for (int i = 0; i < 20; i++) {
                assertThat(node.propose(batch(batches++))).isInstanceOf(Result.BatchResult.class);
            }
            fill();
            assertThat(node.recorder.failures).isEmpty();
        }
        fill();
        try (LoneNode node = LoneNode.start(config)) {
            assertThat(node.log.state().topicIds()).hasSize(1 + 100 * batches);
            assertThat(node.propose(batch(batches++))).isInstanceOf(Result.BatchResult.class);
            Files.delete(disk.resolve("filler"));
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(reserves()).isEqualTo(2));
            assertThat(node.propose(batch(batches++))).isInstanceOf(Result.BatchResult.class);
            assertThat(node.recorder.failures).isEmpty();
        }
    }

    private long reserves() throws IOException {
        try (var files = Files.list(disk.resolve("data/raft"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("reserve-")
                            && file.toFile().length() == RESERVE_BYTES)
                    .count();
        }
    }

    /// All at once: who goes on filling the disk also takes the room that is given up.
    private void fill() throws IOException, InterruptedException {
        Path filler = disk.resolve("filler");
        long size = Files.exists(filler) ? Files.size(filler) : 0;
        long room = Files.getFileStore(disk).getUsableSpace();
        assertThat(run("fallocate", "--length", Long.toString(size + room), filler.toString()))
                .isZero();
    }

    private static Command batch(int number) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            commands.add(new CreateTopic("x".repeat(240) + (number * 100 + i), 1));
        }
        return new Batch(commands);
    }
}
