package io.weir.app.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The types and methods of source files, read by the compiler's own parser.
 *
 * @param types
 *            with {@code top} for those that are not nested
 */
record SourceShapes(List<Type> types, List<Method> methods) {
    record Type(Path file, int line, String name, boolean top) {
    }

    record Method(Path file, int line, int lines, String name, boolean overrides) {
    }

    static SourceShapes of(List<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        SourceShapes shapes = new SourceShapes(new ArrayList<>(), new ArrayList<>());
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null,
                    manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(unit, positions, shapes).scan(unit, Path.of(unit.getSourceFile().toUri()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return shapes;
    }

    private static final class Reader extends TreeScanner<@Nullable Object, Path> {
        private final CompilationUnitTree unit;
        private final LineMap lines;
        private final SourcePositions positions;
        private final SourceShapes shapes;
        private int depth;

        Reader(CompilationUnitTree unit, SourcePositions positions, SourceShapes shapes) {
            this.unit = unit;
            this.lines = unit.getLineMap();
            this.positions = positions;
            this.shapes = shapes;
        }

        @Override
        public @Nullable Object visitClass(ClassTree type, Path file) {
            if (!type.getSimpleName().isEmpty()) {
                shapes.types.add(new Type(file, first(type), type.getSimpleName().toString(), depth == 0));
            }
            depth++;
            super.visitClass(type, file);
            depth--;
            return null;
        }

        @Override
        public @Nullable Object visitMethod(MethodTree method, Path file) {
            int first = first(method);
            int last = (int) lines.getLineNumber(positions.getEndPosition(unit, method));
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
            shapes.methods.add(new Method(file, first, last - first + 1, method.getName().toString(), overrides));
            return super.visitMethod(method, file);
        }

        private int first(Tree tree) {
            return (int) lines.getLineNumber(positions.getStartPosition(unit, tree));
        }
    }
}
