package io.walrus.server.offline;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.raft.LogPosition;
import io.walrus.consensus.raft.StoppedMember;
import io.walrus.metadata.Survivors;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.DataFolder;
import io.walrus.server.folder.IoReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// A node that is stopped, with its data folder and its part in the metadata. The folder is locked until [#close].
final class StoppedNode implements AutoCloseable {
    private final DataFolder folder;
    private final StoppedMember member;

    private StoppedNode(DataFolder folder, StoppedMember member) {
        this.folder = folder;
        this.member = member;
    }

    /// Reads a node's folder, and changes nothing.
    ///
    /// @throws StartupException if it is in use, damaged, or not that of a member of a cluster
    static StoppedNode open(Path path) throws StartupException {
        DataFolder folder = DataFolder.lockStopped(path);
        StoppedNode opened = null;
        try {
            opened = new StoppedNode(folder, StoppedMember.open(path));
            return opened;
        } catch (ConsensusStartException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        } finally {
            if (opened == null) {
                folder.close();
            }
        }
    }

    long id() {
        return member.nodeId();
    }

    /// The cluster whose metadata the node has.
    ///
    /// @throws StartupException if it has none that it is part of: its start came to no end
    UUID cluster() throws StartupException {
        UUID cluster = member.state().clusterId();
        if (cluster == null || member.state().node(id()) == null) {
            throw new StartupException("the node of data folder " + folder.path() + " has no metadata yet");
        }
        return cluster;
    }

    int topics() {
        return member.state().topics().size();
    }

    /// The voters' Raft addresses by id.
    Map<Long, String> members() {
        return member.addresses();
    }

    /// The nodes of the cluster: those with a vote, and others that have yet to get one.
    Set<Long> known() {
        Set<Long> known = new TreeSet<>(member.state().nodes().keySet());
        known.addAll(members().keySet());
        return known;
    }

    /// Where the node's metadata ends.
    LogPosition last() {
        return member.last();
    }

    Instant lastWritten() throws StartupException {
        try {
            return member.lastWritten();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// The metadata with which this node would go on.
    ///
    /// @param gone nodes that never come back
    Survivors without(Set<Long> gone) {
        return Survivors.of(member.state(), gone, id(), UUID.randomUUID());
    }

    /// Makes this node the only voter of a cluster that goes on with this metadata.
    ///
    /// A crash leaves a node of the one cluster or the other; or one whose folder is of the new cluster, and its
    /// metadata of the old one. That one does not start, and can be recovered anew.
    void goOnWith(Survivors survivors) throws StartupException {
        try {
            UUID group = member.prepare(survivors.state());
            folder.moveTo(Objects.requireNonNull(survivors.state().clusterId()));
            member.enter(group);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Has this node join a cluster that was recovered on another node, with all copies that it stores. A crash leaves
    /// what [#goOnWith] says; the command can then be given again.
    void leaveFor(UUID cluster) throws StartupException {
        try {
            folder.moveTo(cluster);
            member.leave();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Gives members other Raft addresses, as far as this node knows. The command can be given again after a crash.
    void readdress(Map<Long, String> addresses) throws StartupException {
        try {
            member.readdress(addresses);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private StartupException unusable(IOException e) {
        return new StartupException("data folder " + folder.path() + " can't be used: " + IoReason.of(e), e);
    }

    @Override
    public void close() {
        member.close();
        folder.close();
    }
}
