package io.walrus.server.offline;

import io.walrus.consensus.raft.LogPosition;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A cluster that goes on after it was recovered on one node, as the others are told of it: `CLUSTER@TERM:INDEX`.
///
/// @param at where the metadata of the recovered node ended
record RecoveredCluster(UUID cluster, LogPosition at) {
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F-]{36})@(\\d{1,18}):(\\d{1,18})");

    /// Reads the text.
    ///
    /// @throws IllegalArgumentException if it is none
    static RecoveredCluster parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(text + " is not as recover printed it");
        }
        return new RecoveredCluster(
                UUID.fromString(parts.group(1)),
                new LogPosition(Long.parseLong(parts.group(2)), Long.parseLong(parts.group(3))));
    }

    @Override
    public String toString() {
        return cluster + "@" + at.term() + ":" + at.index();
    }
}
