/// Tests of the project as a whole: its structure, its documents, and its programs as processes.
@NullMarked
package io.walrus.systemtests;

import org.jspecify.annotations.NullMarked;
