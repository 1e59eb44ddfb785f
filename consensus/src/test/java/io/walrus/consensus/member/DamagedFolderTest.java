package io.walrus.consensus.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftConfig.WhenNew;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A file of a member's folder that is gone, cut or changed: the member either goes on as if nothing had happened, or
/// says in one line which file it is and what to do.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedFolderTest {
    enum Damage {
        GONE,
        EMPTY,
        HALF,
        BIT
    }

    private Path dir;
    private Member one;
    private Member two;
    private RaftConfig third;
    private Path whole;

    @BeforeAll
    void runThree(@TempDir Path folder) throws Exception {
        dir = folder;
        one = Member.found(dir);
        two = Member.joiner(2, dir);
        two.joined(one.port());
        try (Member three = Member.joiner(3, dir)) {
            third = three.config;
            three.joined(one.port());
            for (int i = 0; i < Member.SNAPSHOT_EVERY + 10; i++) {
                one.create("topic-" + i);
            }
            await().untilAsserted(
                            () -> assertThat(three.log.status().snapshotIndex()).isPositive());
            await().untilAsserted(() -> assertThat(three.log.state()).isEqualTo(one.log.state()));
        }
        whole = dir.resolve("whole");
        copy(third.dataDir(), whole);
    }

    @AfterAll
    void stop() {
        Member.stop(one, two);
    }

    @ParameterizedTest
    @CsvSource({
        "snapshot.*.md5, GONE",
        "raft-meta.conf, GONE",
        "group, EMPTY",
        "group, HALF",
        "group, GONE",
        "log_inprogress_.*, EMPTY",
        "log_inprogress_.*, GONE"
    })
    void whatCanBeMadeAnewIsMissedByNobody(String file, Damage damage) throws Exception {
        inflict(damage, newest(third.dataDir(), file));
        try (Member three = Member.start(third)) {
            await().untilAsserted(() -> assertThat(three.log.state()).isEqualTo(one.log.state()));
            three.create("after-" + file + "-" + damage);
            await().untilAsserted(() -> assertThat(three.log.state()).isEqualTo(one.log.state()));
            assertThat(three.recorder.failures).isEmpty();
        }
        // Ratis writes it only when the members change.
        Path members = newest(whole, "raft-meta.conf");
        Path known = third.dataDir().resolve(whole.relativize(members).toString());
        if (Files.notExists(known)) {
            Files.copy(members, known);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "log_inprogress_.*, HALF, raft/groups holds a metadata log that was cut",
        "log_inprogress_.*, BIT, raft/groups holds a damaged metadata log",
        "raft-meta.conf, EMPTY, /raft-meta.conf is damaged",
        "raft-meta.conf, HALF, /raft-meta.conf is damaged",
        "raft-meta, EMPTY, /raft-meta is missing or damaged",
        "raft-meta, HALF, /raft-meta is missing or damaged",
        "raft-meta, GONE, /raft-meta is missing or damaged",
        "identity, EMPTY, raft/identity is damaged",
        "identity, HALF, raft/identity is damaged",
        "identity, GONE, raft/identity is missing",
        "snapshot.\\d+_\\d+, EMPTY, is damaged (",
        "snapshot.\\d+_\\d+, HALF, is damaged (",
        "snapshot.\\d+_\\d+, BIT, is damaged ("
    })
    void whatOthersRelyOnIsNamedWithTheRemedy(String file, Damage damage, String says) throws Exception {
        Path place = dir.resolve(file.replaceAll("\\W", "") + damage);
        RaftConfig config = Member.config(3, place, third.port(), WhenNew.JOIN);
        copy(whole, config.dataDir());
        inflict(damage, newest(config.dataDir(), file));
        assertThatExceptionOfType(ConsensusStartException.class)
                .isThrownBy(() -> Member.start(config).close())
                .withMessageContaining(says)
                .withMessageContaining(": restore the node's data folder from a copy; or, if a majority")
                .withMessageNotContaining("\n");
    }

    /// The members are in the one or the other.
    @Test
    void aConfigurationThatIsNeitherInItsFileNorInTheLogIsMissed() throws Exception {
        RaftConfig config = Member.config(3, dir.resolve("unconfigured"), third.port(), WhenNew.JOIN);
        copy(whole, config.dataDir());
        inflict(Damage.GONE, newest(config.dataDir(), "raft-meta.conf"));
        inflict(Damage.GONE, newest(config.dataDir(), "log_inprogress_.*"));
        assertThatExceptionOfType(ConsensusStartException.class)
                .isThrownBy(() -> Member.start(config).close())
                .withMessageContaining("raft-meta.conf is missing: restore");
    }

    /// Nobody is told to move the node, or that it was removed, by a list that the log contradicts.
    @ParameterizedTest
    @ValueSource(strings = {"address", "number"})
    void anotherListOfMembersThanTheLogsIsDamaged(String what) throws Exception {
        RaftConfig config = Member.config(3, dir.resolve("other-" + what), third.port(), WhenNew.JOIN);
        copy(whole, config.dataDir());
        Path list = newest(config.dataDir(), "raft-meta.conf");
        String text = Files.readString(list, StandardCharsets.ISO_8859_1);
        String own = third.address();
        int at = text.indexOf(own) - (what.equals("address") ? 0 : "3xx".length());
        char flipped = (char) (text.charAt(at) ^ 4);
        Files.writeString(list, text.substring(0, at) + flipped + text.substring(at + 1), StandardCharsets.ISO_8859_1);
        assertThatExceptionOfType(ConsensusStartException.class)
                .isThrownBy(() -> Member.start(config).close())
                .withMessageContaining("/raft-meta.conf is damaged: restore");
    }

    @Test
    void aGroupOfWhichThereIsNothingIsMissed() throws Exception {
        RaftConfig config = Member.config(3, dir.resolve("elsewhere"), third.port(), WhenNew.JOIN);
        copy(whole, config.dataDir());
        Files.writeString(config.dataDir().resolve("raft/group"), new UUID(1, 1) + "\n");
        assertThatExceptionOfType(ConsensusStartException.class)
                .isThrownBy(() -> Member.start(config).close())
                .withMessageContaining("raft/group names a group of which there is nothing: restore");
    }

    private static Path newest(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.getFileName().toString().matches(name))
                    .max(Comparator.comparing(path -> path.getFileName().toString()))
                    .orElseThrow();
        }
    }

    private static void inflict(Damage damage, Path file) throws IOException {
        long length = Files.size(file);
        switch (damage) {
            case GONE -> Files.delete(file);
            case EMPTY -> truncate(file, 0);
            case HALF -> truncate(file, length / 2);
            case BIT -> {
                byte[] bytes = Files.readAllBytes(file);
                bytes[Math.min(200, bytes.length / 2)] ^= 1;
                Files.write(file, bytes);
            }
        }
    }

    private static void truncate(Path file, long length) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
