/// The log engine in this process: opened and recovered, its news, and the threads that read from its disk.
@NullMarked
package io.walrus.server.log;

import org.jspecify.annotations.NullMarked;
