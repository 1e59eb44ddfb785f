package io.walrus.storage.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files the engine wrote are printed whole; with a bit flipped in them, the print says so and where.
class DumpMainTest {
    @TempDir
    Path folder;

    private record Run(int code, String out, String err) {}

    private static Run run(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        int code = DumpMain.run(
                texts,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private LogEngine open(Path directory) throws IOException {
        EngineConfig config = EngineConfig.builder()
                .blockBytes(64 << 10)
                .ringBlocks(4)
                .fileBytes(256 << 10)
                .checkpointBytes(512 << 10)
                .maxJournalBytes(2 << 20)
                .minFreeBytes(0)
                .build();
        return LogEngine.open(directory, config, EngineListener.NONE);
    }

    @BeforeEach
    void write() throws IOException {
        try (LogEngine engine = open(folder)) {
            LogStream stream = null;
            for (int i = 0; i < 4; i++) {
                engine.lock();
                long group;
                try {
                    stream = stream == null ? engine.createStream("a\tkey".getBytes(StandardCharsets.UTF_8)) : stream;
                    engine.append(stream, bytes("entry-" + i), 1);
                    group = engine.appendBatch(stream, List.of(bytes("x"), bytes("yy")), 2);
                    if (i == 2) {
                        engine.appendCursor(stream, "reader", new Cursor(7, 5), 3);
                        engine.setAttribute(stream, "fence", new byte[] {1});
                        group = engine.trim(stream, 2);
                    }
                } finally {
                    engine.unlock();
                }
                engine.awaitDurable(group);
            }
            // A close leaves a little to the journal.
            engine.checkpoint();
        }
    }

    private Path only(String directory, String part) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(directory))) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// Flips a bit of the byte at the start of the first place that holds `text`.
    private static long flip(Path file, String text) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        assertThat(at).as("place of %s", text).isNotNegative();
        bytes[at] ^= 4;
        Files.write(file, bytes);
        return at;
    }

    @Test
    void aJournalFileIsPrintedAndItsDamageMarked() throws IOException {
        Path file = only("journal", ".journal");
        Run sound = run(file);
        assertThat(sound.err()).isEmpty();
        assertThat(sound.code()).as(sound.out()).isZero();
        assertThat(sound.out())
                .contains("journal file 0: ", "4096  GROUP 0 ", "STREAM_CREATE stream=1 ", "\"a\\x09key\"")
                .contains("ENTRY stream=1 sequence=0 1970-01-01T00:00:00.001Z bytes=7 \"entry-0\"")
                .contains("BATCH stream=1 sequence=1 ", "entries=2", "segment=7 offset=5 name=\"reader\"")
                .contains("name=\"fence\" value=\"\\x01\"", "TRIM stream=1 ", "firstEntry=2", "GROUP 3 ")
                .doesNotContain("DAMAGED");

        long at = flip(file, "entry-1");
        Run damaged = run(file);
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.out())
                .contains((at - 32) + "  DAMAGED: record 1 of the group")
                .contains("\"entry-0\"", "\"entry-2\"", "\"entry-3\"")
                .doesNotContain("\"fntry-1\"", "\"entry-1\"");

        flip(file, "WALRUSJ1");
        assertThat(run(file).out()).contains("0  DAMAGED: the header");
    }

    @Test
    void aLostGroupIsMissed() throws IOException {
        Path file = only("journal", ".journal");
        String line = run(file)
                .out()
                .lines()
                .filter(each -> each.contains("GROUP 1 "))
                .findFirst()
                .orElseThrow()
                .strip();
        int group = Integer.parseInt(line.substring(0, line.indexOf(' ')));
        byte[] bytes = Files.readAllBytes(file);
        bytes[group + 9] ^= 1;
        Files.write(file, bytes);
        Run damaged = run(file);
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.out()).contains("DAMAGED: group 1 is not whole here", "but group 2 is", "\"entry-3\"");
    }

    @Test
    void aStreamFileIsPrintedAndItsDamageMarked() throws IOException {
        Path file = only("streams", ".log");
        Run sound = run(file);
        assertThat(sound.code()).as(sound.out()).isZero();
        assertThat(sound.out())
                .contains("stream file: stream=1 baseRecord=0 ", "64    ENTRY stream=1 sequence=0 ")
                .contains("\"entry-3\"")
                .doesNotContain("GROUP");

        long at = flip(file, "entry-1");
        Run damaged = run(file);
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.out())
                .contains((at - 32) + "  DAMAGED: record 2 is not whole")
                .contains("\"entry-0\"", "\"entry-2\"", "\"entry-3\"");
    }

    @Test
    void aManifestIsPrintedAndItsDamageMarked() throws IOException {
        Path file = only("", "manifest-");
        Run sound = run(file);
        assertThat(sound.code()).as(sound.out()).isZero();
        assertThat(sound.out())
                .contains(" clean=true ", "93  stream 1: key=\"a\\x09key\" ", "entries=12 ", " firstEntry=2")
                .contains("  file 00000001-0000000000000000.log ", "cursor \"reader\" segment=7 offset=5")
                .contains("attribute \"fence\" value=\"\\x01\"")
                .contains((Files.size(file) - 4) + "  checksum, end of the file");

        flip(file, "fence");
        Run damaged = run(file);
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.out()).contains("0  DAMAGED: ", "is damaged");
    }

    @Test
    void aFileThatWasCutAfterAnUncleanStopIsSound() throws IOException {
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
        try (LogEngine engine = open(folder)) {
            engine.lock();
            long group;
            try {
                group = engine.append(engine.streams().iterator().next(), bytes("torn-entry"), 4);
            } finally {
                engine.unlock();
            }
            engine.awaitDurable(group);
            copy(folder, copy);
        }
        try {
            flip(copy.resolve("journal/0000000000000000.journal"), "torn-entry");
            assertThat(run(copy.resolve("journal/0000000000000000.journal")).code())
                    .isEqualTo(1);
            // Looked at while it is open: closing recycles the file.
            try (LogEngine _ = open(copy)) {
                Run first = run(copy.resolve("journal/0000000000000000.journal"));
                assertThat(first.code()).as(first.out()).isZero();
                assertThat(first.out()).contains("\"entry-3\"", "the next file goes on with group 4");
                assertThat(run(copy.resolve("journal/0000000000000001.journal")).out())
                        .contains("CUT end=", " group=4");
            }
        } finally {
            delete(copy);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void whatCannotBePrintedIsAUsageError() throws IOException {
        assertThat(run("--help").code()).isZero();
        assertThat(run("--help").out()).contains("Usage: walrus-dump FILE", "Exit codes");
        assertThat(run().code()).isEqualTo(2);
        assertThat(run("--wrong").err()).contains("Usage");
        assertThat(run("a", "b").code()).isEqualTo(2);
        assertThat(run(folder.resolve("absent")).err()).contains("there is no such file");
        assertThat(run(folder)).extracting(Run::code).isEqualTo(2);
        Path other = Files.writeString(folder.resolve("other"), "something else");
        assertThat(run(other).err()).contains("is no journal file, stream file or manifest");
        assertThat(run(other).code()).isEqualTo(2);
    }
}
