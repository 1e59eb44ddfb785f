/// The data folder and the small files in it that the process itself writes: whose the folder is, and how the last run
/// ended. Log and metadata have folders of their own in it.
@NullMarked
package io.walrus.server.folder;

import org.jspecify.annotations.NullMarked;
