package io.walrus.storage.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory of the real file system, through [FileChannel].
public sealed class FileDisk implements Disk permits UringDisk {
    private static final Set<OpenOption> BUFFERED =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    private static final Set<OpenOption> FORCED = Set.of(
            StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.DSYNC);
    private static final Set<OpenOption> FORCED_DIRECT = withDirect(FORCED);
    private static final Set<OpenOption> DIRECT = withDirect(BUFFERED);
    private static final Set<OpenOption> READ_DIRECT = withDirect(Set.of(StandardOpenOption.READ));

    private static final int MIN_PARALLEL_FORCES = 4;
    private static final int PARALLEL_FORCES = 16;

    private final Path root;
    private @Nullable FileStore store;

    public FileDisk(Path root) {
        this.root = root;
    }

    /// The directory this disk stores in.
    Path root() {
        return root;
    }

    @Override
    public DiskFile open(String path, WriteMode mode) throws IOException {
        Path file = root.resolve(path);
        return switch (mode) {
            case BUFFERED -> openBuffered(file);
            case BULK -> openBulk(file);
            case MAPPED -> MappedFile.of(file, openBuffered(file));
            case FORCED -> openForced(file);
        };
    }

    /// Several at a time: files that grew have the file system commit its own journal, which it does for all that ask
    /// meanwhile at once.
    @Override
    public void force(List<? extends DiskFile> files) throws IOException {
        if (files.size() < MIN_PARALLEL_FORCES) {
            Disk.super.force(files);
            return;
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL_FORCES)) {
            CompletableFuture.allOf(files.stream()
                            .map(file -> CompletableFuture.runAsync(() -> forceOne(file), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw failure.getCause();
            }
            throw e;
        }
    }

    private static void forceOne(DiskFile file) {
        try {
            file.force();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ChannelFile openBuffered(Path file) throws IOException {
        try {
            return new ChannelFile(file, BUFFERED, false);
        } catch (IOException e) {
            throw translated(file.toString(), e);
        }
    }

    private DiskFile openBulk(Path file) throws IOException {
        return new BulkFile(file, openBuffered(file), takesDirectBlocks() ? DIRECT : Set.of());
    }

    /// Direct writes spare the page cache a copy; where the file system refuses them, synchronous ones are as durable.
    private DiskFile openForced(Path file) throws IOException {
        try {
            return new ChannelFile(file, takesDirectBlocks() ? FORCED_DIRECT : FORCED, true);
        } catch (UnsupportedOperationException | IOException _) {
            try {
                return new ChannelFile(file, FORCED, true);
            } catch (IOException e) {
                throw translated(file.toString(), e);
            }
        }
    }

    /// Whether blocks may be written past the page cache: Java writes multiples of the file system's own blocks only,
    /// which are larger than those of the log on some.
    private boolean takesDirectBlocks() throws IOException {
        return !DIRECT.equals(BUFFERED) && Disk.BLOCK_BYTES % store().getBlockSize() == 0;
    }

    /// The option is not part of the JDK's documented interface, so it is looked up, and done without where it is
    /// missing.
    private static Set<OpenOption> withDirect(Set<OpenOption> options) {
        Set<OpenOption> all = new HashSet<>(options);
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option instanceof OpenOption direct && option.toString().equals("DIRECT")) {
                    all.add(direct);
                }
            }
        } catch (ClassNotFoundException _) {
            return options;
        }
        return all;
    }

    @Override
    public DiskFile openForReading(String path) throws IOException {
        Path file = root.resolve(path);
        try {
            return new ChannelFile(file, Set.of(StandardOpenOption.READ), false);
        } catch (IOException e) {
            throw translated(file.toString(), e);
        }
    }

    @Override
    public DiskFile openForChecking(String path) throws IOException {
        if (takesDirectBlocks()) {
            try {
                return new DeviceFile(new ChannelFile(root.resolve(path), READ_DIRECT, false));
            } catch (UnsupportedOperationException | IOException _) {
                // Whatever the reason, if it is none against reading it in the usual way.
            }
        }
        return openForReading(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        Path file = root.resolve(path);
        if (Files.exists(file)) {
            return true;
        }
        if (Files.notExists(file)) {
            return false;
        }
        throw new IOException("Cannot tell whether " + file + " exists: check the permissions of its directory.");
    }

    @Override
    public List<String> list(String directory) throws IOException {
        Path folder = root.resolve(directory);
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException _) {
            return Collections.emptyList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void createDirectories(String directory) throws IOException {
        Path target = root.resolve(directory).toAbsolutePath().normalize();
        Deque<Path> missing = new ArrayDeque<>();
        for (Path folder = target; folder != null && !Files.isDirectory(folder); folder = folder.getParent()) {
            missing.push(folder);
        }
        try {
            Files.createDirectories(target);
            for (Path created : missing) {
                Path parent = created.getParent();
                if (parent != null) {
                    forceFolder(parent);
                }
            }
        } catch (IOException e) {
            throw translated(target.toString(), e);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            Files.move(
                    root.resolve(from),
                    root.resolve(to),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw translated(root.resolve(to).toString(), e);
        }
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path));
    }

    @Override
    public void forceDirectory(String directory) throws IOException {
        Path folder = root.resolve(directory);
        try {
            forceFolder(folder);
        } catch (IOException e) {
            throw translated(folder.toString(), e);
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return store().getUsableSpace();
    }

    private synchronized FileStore store() throws IOException {
        FileStore known = store;
        if (known == null) {
            // Finding it reads the table of all mounts.
            known = Files.getFileStore(root);
            store = known;
        }
        return known;
    }

    @Override
    public Closeable lock(String path) throws IOException {
        Path file = root.resolve(path);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        } catch (IOException e) {
            throw translated(file.toString(), e);
        }
        boolean taken = false;
        try {
            FileLock lock = channel.tryLock();
            taken = lock != null;
        } catch (OverlappingFileLockException _) {
            // Another engine of this very process holds it: the same refusal as for another process.
            taken = false;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        if (!taken) {
            throw new DirectoryInUseException("The data directory " + root
                    + " is in use by another process or another engine of this one: stop it, or choose another.");
        }
        return channel;
    }

    /// Names the lack of space and of descriptors, which are survivable, among the errors, which are final.
    static IOException translated(String file, IOException e) {
        String message = e.getMessage();
        if (message != null) {
            String lower = message.toLowerCase(Locale.ROOT);
            if (lower.contains("no space left on device") || lower.contains("quota exceeded")) {
                return new DiskFullException("No space left for " + file + ".", e);
            }
            if (lower.contains("too many open files")) {
                return new TooManyOpenFilesException(
                        "Too many open files for " + file + ": raise the limit of descriptors (ulimit -n).", e);
            }
        }
        return e;
    }
}
