package io.walrus.node.request;

import io.walrus.node.peer.CopyLength;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What SEAL has done, or would do.
///
/// @param copies of the replicas, in their order
/// @param refusal why it can't be done, or null if it can
/// @param isSealed whether it was done
public record SealReport(
        String topic,
        long segment,
        List<Copy> copies,
        @Nullable String refusal,
        boolean isSealed) {
    /// One replica's copy.
    ///
    /// @param length null if it can't be asked for
    /// @param missing why it can't be asked for, or empty if it can
    public record Copy(long nodeId, @Nullable CopyLength length, String missing) {}

    public SealReport {
        copies = List.copyOf(copies);
    }

    /// The longest of the copies, or null if there is none.
    public @Nullable CopyLength longest() {
        return copies.stream()
                .map(Copy::length)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(CopyLength::records))
                .orElse(null);
    }

    /// The nodes whose copies are given up, with what was acknowledged and is on no other.
    public List<Long> givenUp() {
        return copies.stream()
                .filter(copy -> copy.length() == null)
                .map(Copy::nodeId)
                .toList();
    }

    /// The same once it is done.
    public SealReport sealed() {
        return new SealReport(topic, segment, copies, null, true);
    }
}
