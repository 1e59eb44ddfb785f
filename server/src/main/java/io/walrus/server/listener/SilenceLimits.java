package io.walrus.server.listener;

/// For how long a client may be silent where others wait for its place.
///
/// @param frameMs in the middle of a frame
/// @param spareMs on a place past the limit of connections
record SilenceLimits(long frameMs, long spareMs) {
    static final SilenceLimits DEFAULT = new SilenceLimits(30_000, 2_000);
}
