package io.walrus.storage.dump;

import io.walrus.storage.engine.Manifest;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.journal.JournalHeader;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamFileHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Prints the header and every record of a journal file, a stream file or a manifest, a line each.
///
/// Exit codes: 0, 1 if something is damaged, 2 if there is nothing to print.
public final class DumpMain {
    private static final int SOUND = 0;
    private static final int DAMAGED = 1;
    private static final int USAGE = 2;

    private static final String HELP = """
            Usage: walrus-dump FILE
            Prints what a file of a Walrus data folder holds: its header and every record, a line each, after the
            byte at which it begins. FILE is a journal file (journal/*.journal), a spare (journal/spare-*), a stream
            file (streams/*.log) or a manifest (manifest-*). Nothing is changed; copies can be read too.

            Damage is marked with DAMAGED. A file that was being written when the machine lost power may end in a
            record that is not whole: that looks like damage, but opening the folder mends it.

            Exit codes: 0; 1 if something is damaged; 2 for a usage error or a file that is none of these.
            """;

    private enum Kind {
        JOURNAL,
        STREAM,
        MANIFEST,
        NONE
    }

    private DumpMain() {}

    /// Runs the program.
    public static void main(String[] arguments) {
        PrintStream out = buffered(System.out);
        PrintStream err = buffered(System.err);
        int code = run(arguments, out, err);
        out.flush();
        err.flush();
        System.exit(code);
    }

    private static PrintStream buffered(PrintStream stream) {
        return new PrintStream(new BufferedOutputStream(stream), false, StandardCharsets.UTF_8);
    }

    /// Prints what the arguments ask for.
    ///
    /// @return the exit code
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (arguments.length == 1 && (arguments[0].equals("--help") || arguments[0].equals("-h"))) {
            out.print(HELP);
            return SOUND;
        }
        if (arguments.length != 1 || arguments[0].startsWith("-")) {
            err.print(HELP);
            return USAGE;
        }
        String name = arguments[0];
        try {
            return dump(Path.of(name).toAbsolutePath().normalize(), new DumpReport(out), err);
        } catch (NoSuchFileException _) {
            err.println(name + ": there is no such file.");
        } catch (IOException | IllegalArgumentException e) {
            err.println(name + ": cannot be read: " + e.getMessage());
        }
        return USAGE;
    }

    private static int dump(Path path, DumpReport report, PrintStream err) throws IOException {
        Path folder = path.getParent();
        Path last = path.getFileName();
        if (folder == null || last == null) {
            err.println(path + ": is a directory.");
            return USAGE;
        }
        FileDisk disk = new FileDisk(folder);
        String name = last.toString();
        try (DiskFile file = disk.openForReading(name)) {
            switch (kindOf(file, name)) {
                case JOURNAL -> new JournalDump(file, disk, name, report).print();
                case STREAM -> new StreamDump(file, report).print();
                case MANIFEST -> printManifest(disk, name, report);
                case NONE -> {
                    err.println(path + ": is no journal file, stream file or manifest.");
                    return USAGE;
                }
            }
        }
        return report.hasDamage() ? DAMAGED : SOUND;
    }

    private static void printManifest(FileDisk disk, String name, DumpReport report) throws IOException {
        try {
            ManifestDump.print(Manifest.read(disk, name), report);
        } catch (StorageException e) {
            report.damage(0, String.valueOf(e.getMessage()));
        }
    }

    /// By the first bytes, or, if those are damaged, by the name.
    private static Kind kindOf(DiskFile file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        file.read(0, bytes);
        long magic = bytes.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        if (magic == JournalHeader.MAGIC || Geometry.fileNumber(name) >= 0 || Geometry.spareNumber(name) >= 0) {
            return Kind.JOURNAL;
        }
        if (magic == StreamFileHeader.MAGIC || StreamFile.isName(name)) {
            return Kind.STREAM;
        }
        return Long.reverseBytes(magic) == Manifest.MAGIC || Manifest.numberOf(name) >= 0 ? Kind.MANIFEST : Kind.NONE;
    }
}
