package io.walrus.consensus.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.util.SizeInBytes;

/// The files of Ratis' log, of a node that is stopped.
final class LogFiles {
    private LogFiles() {}

    /// All entries in order.
    ///
    /// @throws IOException if one is damaged
    static void read(Path folder, Consumer<LogEntryProto> reader) throws IOException {
        for (LogSegmentPath file : in(folder)) {
            read(file, reader);
        }
    }

    private static void read(LogSegmentPath file, Consumer<LogEntryProto> reader) throws IOException {
        int _ = LogSegment.readSegmentFile(
                file.getPath().toFile(),
                file.getStartEnd(),
                SizeInBytes.valueOf(RaftSettings.WRITE_BUFFER_BYTES),
                RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION,
                null,
                reader);
    }

    /// Puts other entries in the place of some. Each file that changes is replaced as a whole, and durably.
    static void rewrite(Path folder, UnaryOperator<LogEntryProto> change) throws IOException {
        for (LogSegmentPath file : in(folder)) {
            List<LogEntryProto> before = new ArrayList<>();
            read(file, before::add);
            List<LogEntryProto> after = before.stream().map(change).toList();
            if (!after.equals(before)) {
                replace(file.getPath(), after);
            }
        }
    }

    private static void replace(Path file, List<LogEntryProto> entries) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (SegmentedRaftLogOutputStream out = new SegmentedRaftLogOutputStream(
                temporary.toFile(),
                false,
                Files.size(file),
                0,
                ByteBuffer.allocateDirect(RaftSettings.WRITE_BUFFER_BYTES))) {
            for (LogEntryProto entry : entries) {
                out.write(entry);
            }
        }
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        RaftFolder.forceDirectory(Objects.requireNonNull(file.getParent()));
    }

    private static List<LogSegmentPath> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(LogSegmentPath::matchLogSegment)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
                    .toList();
        }
    }
}
