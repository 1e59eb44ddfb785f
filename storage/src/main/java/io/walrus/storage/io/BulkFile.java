package io.walrus.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file to which much is written that is not read again soon: whole blocks go from the caller's memory to the device,
/// past the page cache, which spares a copy into pages that the system has to find, and the bursts in which it brings
/// those to the device while others wait for their forces.
///
/// Blocks of which a write fills but a part go through the page cache, always: a block is written in one of the two
/// ways only, so that neither overwrites what the other left.
final class BulkFile implements DiskFile {
    /// A smaller write is cheaper through the page cache, since it need not wait for the device.
    private static final int MIN_DIRECT_BYTES = 64 << 10;

    private final Path path;
    private final ChannelFile buffered;
    private final Set<OpenOption> directOptions;
    private volatile @Nullable ChannelFile direct;
    private boolean isRefused;

    /// Takes over a file.
    ///
    /// @param directOptions how to open it past the page cache, empty if that can't be done
    BulkFile(Path path, ChannelFile buffered, Set<OpenOption> directOptions) {
        this.path = path;
        this.buffered = buffered;
        this.directOptions = directOptions;
        this.isRefused = directOptions.isEmpty();
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        long end = position + source.remaining();
        long from = Disk.blockUp(position);
        long to = end / Disk.BLOCK_BYTES * Disk.BLOCK_BYTES;
        ChannelFile past = to - from >= MIN_DIRECT_BYTES && isAligned(source, from - position) ? pastTheCache() : null;
        if (past == null) {
            buffered.write(position, source);
            return;
        }
        write(buffered, position, from, source);
        write(past, from, to, source);
        write(buffered, to, end, source);
    }

    /// Opened when it is first wanted: most files of a log with thousands of streams never get a long write.
    private @Nullable ChannelFile pastTheCache() {
        ChannelFile known = direct;
        if (known == null && !isRefused) {
            try {
                known = new ChannelFile(path, directOptions, true);
                direct = known;
            } catch (UnsupportedOperationException | IOException _) {
                isRefused = true;
            }
        }
        return known;
    }

    private static boolean isAligned(ByteBuffer source, long skipped) {
        return source.isDirect() && source.alignmentOffset((int) (source.position() + skipped), Disk.BLOCK_BYTES) == 0;
    }

    private static void write(ChannelFile file, long from, long to, ByteBuffer source) throws IOException {
        int limit = source.limit();
        source.limit(source.position() + (int) (to - from));
        try {
            file.write(from, source);
        } finally {
            source.limit(limit);
        }
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        return buffered.read(position, target);
    }

    @Override
    public void force() throws IOException {
        buffered.force();
    }

    @Override
    public long size() throws IOException {
        return buffered.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        buffered.truncate(size);
    }

    @Override
    public int descriptors() {
        return direct == null ? 1 : 2;
    }

    @Override
    public void close() throws IOException {
        try (ChannelFile _ = buffered;
                ChannelFile _ = direct) {
            direct = null;
        }
    }
}
