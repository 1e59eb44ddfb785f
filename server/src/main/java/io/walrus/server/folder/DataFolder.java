package io.walrus.server.folder;

import io.walrus.server.config.StartupException;
import io.walrus.storage.io.DirectoryInUseException;
import io.walrus.storage.io.FileDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's data folder, locked for this process until [#close].
///
/// The lock comes before all that is written, so that of two processes that begin with the same empty folder only one
/// gives it an identity. A crash leaves one of these: nothing, the empty lock file, or that and the identity.
public final class DataFolder implements AutoCloseable {
    static final String LOCK = "lock";

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    private final Path path;
    private final long nodeId;
    private final Closeable lock;
    private final @Nullable Identity identity;

    private DataFolder(Path path, long nodeId, Closeable lock, @Nullable Identity identity) {
        this.path = path;
        this.nodeId = nodeId;
        this.lock = lock;
        this.identity = identity;
    }

    /// Takes the folder, which is created if it is missing.
    ///
    /// @throws StartupException if it is in use, another node's, or not one of Walrus: then it is left as it was
    public static DataFolder lock(Path path, long nodeId) throws StartupException {
        // Whose it is comes before whether it is in use: a node that was given another one's folder is told so.
        Identity.find(path, nodeId);
        Closeable lock = takeLock(path);
        DataFolder locked = null;
        try {
            // It may be there only now: before the lock another process may have been at its first start.
            locked = new DataFolder(path, nodeId, lock, Identity.find(path, nodeId));
            return locked;
        } finally {
            if (locked == null) {
                release(path, lock);
            }
        }
    }

    /// Takes the folder of a node that is stopped, to change it while the node is. Changes nothing itself.
    ///
    /// @throws StartupException if it is in use, or not that of a node
    public static DataFolder lockStopped(Path path) throws StartupException {
        return lock(path, Identity.require(path).nodeId());
    }

    private static Closeable takeLock(Path path) throws StartupException {
        try {
            return new FileDisk(path).lock(LOCK);
        } catch (DirectoryInUseException e) {
            throw inUse(path, e);
        } catch (IOException e) {
            throw Identity.unusable(path, e);
        }
    }

    /// Another process has the folder, or a part of it.
    public static StartupException inUse(Path path, IOException cause) {
        return new StartupException("data folder " + path + " is in use by another process", cause);
    }

    public Path path() {
        return path;
    }

    /// Whose the folder is; null if it is new.
    public @Nullable Identity identity() {
        return identity;
    }

    /// Gives a new folder an identity.
    public Identity claim(UUID clusterId) throws StartupException {
        return Identity.create(path, nodeId, clusterId);
    }

    /// Makes the folder that of a node of another cluster, with the same number and disk.
    public void moveTo(UUID clusterId) throws StartupException {
        Identity.require(path).inCluster(path, clusterId);
    }

    /// Notes that the folder's node was taken out of the cluster: no node is started on it again. From any thread.
    public void forget() {
        try {
            Identity.removed(path);
        } catch (IOException e) {
            LOG.warn("remove {}, no node can use it any more: {}", path, IoReason.of(e));
        }
    }

    @Override
    public void close() {
        release(path, lock);
    }

    private static void release(Path path, Closeable lock) {
        try {
            lock.close();
        } catch (IOException e) {
            // The end of the process releases it.
            LOG.debug("the lock of {} could not be released", path, e);
        }
    }
}
