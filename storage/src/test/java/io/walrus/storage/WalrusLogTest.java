package io.walrus.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalrusLogTest {
    private static final EngineConfig SMALL = EngineConfig.builder()
            .blockBytes(1 << 20)
            .ringBlocks(4)
            .fileBytes(4 << 20)
            .checkpointBytes(4 << 20)
            .maxJournalBytes(16 << 20)
            .build();

    @TempDir
    Path directory;

    @Test
    void whatWasAppendedIsReadInOrderAcrossRestarts() throws IOException {
        try (WalrusLog log = open("a")) {
            assertThat(log.append("orders", bytes("first"))).isZero();
            assertThat(log.append("orders", bytes("second"))).isEqualTo(1);
            assertThat(text(log.readNext("orders"))).isEqualTo("first");
        }
        try (WalrusLog log = open("a")) {
            assertThat(text(log.peek("orders"))).isEqualTo("second");
            assertThat(text(log.readNext("orders"))).isEqualTo("second");
            assertThat(log.readNext("orders")).isNull();
            assertThat(log.entryCount("orders")).isEqualTo(2);
            assertThat(log.sizeBytes("orders")).isEqualTo(11);
            assertThat(log.read("orders", 0, 1_000)).hasSize(2);
        }
    }

    @Test
    void aBatchIsOneAppend() throws IOException {
        List<byte[]> batch = new ArrayList<>();
        for (int i = 0; i < WalrusLog.MAX_BATCH_ENTRIES; i++) {
            batch.add(bytes("entry " + i));
        }
        try (WalrusLog log = open("a")) {
            log.append("orders", bytes("before"));
            assertThat(log.appendBatch("orders", batch)).isEqualTo(1);
            List<Entry> read = log.readBatch("orders", 1 << 20);
            assertThat(read).hasSize(WalrusLog.MAX_BATCH_ENTRIES + 1);
            assertThat(read.getLast().text()).isEqualTo("entry 1999");
            batch.add(bytes("one too many"));
            assertThatThrownBy(() -> log.appendBatch("orders", batch)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namespacesAreApart() throws IOException {
        try (WalrusLog first = open("a/b");
                WalrusLog second = open("..")) {
            first.append("orders", bytes("mine"));
            assertThat(second.topics()).isEmpty();
            assertThat(second.readNext("orders")).isNull();
        }
        assertThat(directory.resolve("a%2Fb")).isDirectory();
    }

    @Test
    void oneProcessOnly() throws IOException {
        try (WalrusLog _ = open("a")) {
            assertThatThrownBy(() -> open("a"))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.category()).isEqualTo(StorageException.Category.IN_USE));
        }
    }

    @Test
    void trimmedTruncatedAndDeletedEntriesAreGone() throws IOException {
        try (WalrusLog log = open("a")) {
            for (int i = 0; i < 10; i++) {
                log.append("orders", bytes("entry " + i));
            }
            log.trim("orders", 4);
            assertThat(text(log.readNext("orders"))).isEqualTo("entry 4");
            log.truncate("orders");
            assertThat(log.readNext("orders")).isNull();
            assertThat(log.append("orders", bytes("after"))).isEqualTo(10);
            log.delete("orders");
            assertThat(log.topics()).isEmpty();
            assertThat(log.append("orders", bytes("again"))).isZero();
        }
        try (WalrusLog log = open("a")) {
            assertThat(text(log.readNext("orders"))).isEqualTo("again");
        }
    }

    @Test
    void aNewTopicWaitsForRoomLikeAnyAppend() throws IOException {
        EngineConfig tiny = EngineConfig.builder()
                .policy(FsyncPolicy.os())
                .blockBytes(64 << 10)
                .ringBlocks(2)
                .fileBytes(256 << 10)
                .checkpointBytes(512 << 10)
                .maxJournalBytes(2 << 20)
                .build();
        try (WalrusLog log = WalrusLog.open(directory, "a", tiny, ReadConsistency.exactlyOnce())) {
            // Each entry fills a block, so that the next topic needs another, which is to be freed first.
            byte[] entry = new byte[log.maxEntryBytes() - 2 * Integer.BYTES];
            for (int i = 0; i < 100; i++) {
                assertThat(log.append("append " + i, entry)).isZero();
                assertThat(log.appendBatch("batch " + i, List.of(entry))).isZero();
            }
            assertThat(log.topics()).hasSize(200);
        }
    }

    @Test
    void aTopicThatIsDeletedWhileOthersAppendToItComesIntoBeingAgain() throws Exception {
        EngineConfig unforced = EngineConfig.builder().policy(FsyncPolicy.os()).build();
        try (WalrusLog log = WalrusLog.open(directory, "a", unforced, ReadConsistency.exactlyOnce())) {
            CompletableFuture<Void> appending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 20_000; i++) {
                        log.append("orders", bytes("entry " + i));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            while (!appending.isDone()) {
                log.delete("orders");
            }
            appending.get();
            long count = log.entryCount("orders");
            assertThat(log.append("orders", bytes("last"))).isEqualTo(count);
        }
    }

    @Test
    void anEntryThatIsTooLargeIsRefusedInOneLineAndMakesNoTopic() throws IOException {
        try (WalrusLog log = open("a")) {
            byte[] largest = new byte[log.maxEntryBytes()];
            assertThat(log.append("orders", largest)).isZero();
            assertThat(log.readNext("orders")).isNotNull();
            assertThatThrownBy(() -> log.append("other", new byte[log.maxEntryBytes() + 1]))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.category()).isEqualTo(StorageException.Category.TOO_LARGE))
                    .hasMessage("The entry for topic other has " + (largest.length + 1) + " bytes; at most "
                            + largest.length + " fit.");
            assertThatThrownBy(() -> log.appendBatch("other", List.of(largest)))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.category()).isEqualTo(StorageException.Category.TOO_LARGE));
            assertThat(log.topics()).containsExactly("orders");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptedCallerHarmsNobody(boolean forced) throws IOException {
        EngineConfig config = EngineConfig.builder()
                .policy(forced ? FsyncPolicy.group() : FsyncPolicy.os())
                .blockBytes(64 << 10)
                .ringBlocks(2)
                .fileBytes(256 << 10)
                .checkpointBytes(512 << 10)
                .maxJournalBytes(2 << 20)
                .build();
        try (WalrusLog log = WalrusLog.open(directory, "a", config, ReadConsistency.exactlyOnce())) {
            for (int i = 0; i < 200; i++) {
                Thread.currentThread().interrupt();
                assertThat(log.append("orders", new byte[10_000])).isEqualTo(i);
                assertThat(Thread.interrupted()).isTrue();
            }
            for (int i = 0; i < 200; i++) {
                Thread.currentThread().interrupt();
                assertThat(log.read("orders", i, 1)).hasSize(1);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(log.readNext("orders")).isNotNull();
            }
        }
    }

    private WalrusLog open(String namespace) throws IOException {
        return WalrusLog.open(directory, namespace, SMALL, ReadConsistency.exactlyOnce());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(@org.jspecify.annotations.Nullable Entry entry) {
        return entry == null ? "nothing" : entry.text();
    }
}
