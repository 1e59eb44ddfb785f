package io.walrus.storage.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files of a stream, oldest first, which hold its records without gaps up to where the journal takes over. A
/// snapshot: a change makes another one.
///
/// @param files the files
/// @param end what lies before the first record that is in no file
public record FileChain(List<StreamFile> files, Counts end) {
    /// That of a new stream.
    public static final FileChain EMPTY = new FileChain(List.of(), Counts.ZERO);

    public FileChain {
        files = List.copyOf(files);
    }

    /// Sequence of the first record that is kept.
    public long firstRecord() {
        return files.isEmpty() ? end.records() : files.getFirst().base().records();
    }

    /// The file to be continued, or null if there is none.
    public @Nullable StreamFile last() {
        return files.isEmpty() ? null : files.getLast();
    }

    /// The first file that ends behind a record, or, unless `byRecord`, an entry; null if none does. It may also begin
    /// behind it.
    public @Nullable StreamFile endingBehind(long number, boolean byRecord) {
        for (StreamFile file : files) {
            if (number < (byRecord ? file.end().records() : file.end().entries())) {
                return file;
            }
        }
        return null;
    }

    /// Whether a file is one of these, however long it was when it was looked up.
    public boolean has(StreamFile file) {
        for (StreamFile each : files) {
            if (each.epoch() == file.epoch()) {
                return true;
            }
        }
        return false;
    }

    /// What lies before a record, if that can be told without reading a file.
    public @Nullable Counts countsBefore(long record) {
        for (StreamFile file : files) {
            if (file.base().records() == record) {
                return file.base();
            }
        }
        return record == end.records() ? end : null;
    }

    /// Cut to a truncation. The file it is in stays, with a smaller end.
    public FileChain cut(Counts to) {
        if (to.records() >= end.records()) {
            return this;
        }
        List<StreamFile> kept = new ArrayList<>();
        for (StreamFile file : files) {
            if (file.base().records() < to.records()) {
                kept.add(file.end().records() > to.records() ? file.cut(to) : file);
            }
        }
        return new FileChain(kept, to);
    }

    /// Without the files at its beginning that hold nothing from entry `firstEntry` on.
    public FileChain trimmed(long firstEntry) {
        int dropped = 0;
        // Only at the beginning: a chain has no gaps.
        while (dropped < files.size() && files.get(dropped).end().entries() <= firstEntry) {
            dropped++;
        }
        return new FileChain(files.subList(dropped, files.size()), end);
    }

    /// With more records at its end.
    ///
    /// @param isNew whether the file comes behind the last one, rather than being the last one grown
    public FileChain extended(StreamFile file, boolean isNew) {
        List<StreamFile> extended = new ArrayList<>(files);
        if (!isNew) {
            extended.removeLast();
        }
        extended.add(file);
        return new FileChain(extended, file.end());
    }

    /// The files of this chain that are not part of a later one any more.
    public List<StreamFile> droppedBy(FileChain later) {
        return files.stream().filter(file -> !later.has(file)).toList();
    }
}
