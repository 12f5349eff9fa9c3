package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.discovery.BackendSources;
import dev.fanoutgateway.spi.BackendSource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The key {@code file} of a group: a file's name, or {@code {path, every}}. */
final class FileSettings {
    private final String group;
    private final Path directory;
    private Duration every = Duration.ofSeconds(2);

    private FileSettings(String group, Path directory) {
        this.group = group;
        this.directory = directory;
    }

    /** The source; empty if something is wrong. */
    static Optional<BackendSource> read(String group, Section in, Path directory) {
        FileSettings settings = new FileSettings(group, directory);
        return in.node("file").filter(Node.Fields.class::isInstance).isPresent()
                ? in.section("file").flatMap(settings::mapping)
                : in.value("file", Value.TEXT).flatMap(name -> settings.source(name, in, "file"));
    }

    private Optional<BackendSource> mapping(Section in) {
        in.set("every", Value.DURATION, interval -> {
            BackendSources.file(directory, interval); // checks it
            every = interval;
        });
        Optional<String> name = in.required("path", Value.TEXT);
        in.end();
        return name.flatMap(path -> source(path, in, "path"));
    }

    /** The file must be good when the gateway starts; later a bad one is refused, and told. */
    private Optional<BackendSource> source(String name, Section in, String key) {
        List<BackendSource> sources = new ArrayList<>();
        in.check(key, () -> {
            Path file = resolved(name);
            BackendSource source = BackendSources.file(file, every);
            try {
                source.list(group).toCompletableFuture().join();
                sources.add(source);
            } catch (BackendSource.Unavailable e) {
                String message = String.valueOf(e.getMessage());
                String prefix = file + ": ";
                if (message.startsWith(prefix)) {
                    throw new IllegalArgumentException(message.substring(prefix.length()), e);
                }
                in.problems().addElsewhere(in.lineOf(key), message); // which names file, line and field
            }
        });
        return sources.stream().findFirst();
    }

    private Path resolved(String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected a path, got text that is none", e);
        }
    }
}
