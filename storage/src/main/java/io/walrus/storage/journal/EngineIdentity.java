package io.walrus.storage.journal;

import java.util.UUID;

/// What a directory keeps for life. Its manifest says it, and the header of each of its journal files repeats it, so
/// that a file of another engine is never taken for one of its own.
///
/// @param engine which engine's it is
public record EngineIdentity(UUID engine, Geometry geometry) {}
