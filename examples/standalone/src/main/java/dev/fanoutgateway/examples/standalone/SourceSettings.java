package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.discovery.BackendSources;
import dev.fanoutgateway.examples.standalone.Node.Items;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a group says that its backends are: exactly one of {@code urls}, {@code file} and {@code dns}.
 *
 * @param backends those that are listed; none where there is a source, or something is wrong
 * @param source null where they are listed, or something is wrong
 */
record SourceSettings(List<Backend> backends, @Nullable BackendSource source) {
    private static final SourceSettings NONE = new SourceSettings(List.of(), null);

    /** A group of these. */
    BackendGroup group(String name) {
        return source == null ? BackendGroup.of(name, backends) : BackendGroup.of(name, source);
    }

    /** @param directory to which a file's name is relative */
    static SourceSettings read(String group, Section in, Path directory) {
        boolean file = in.node("file").filter(node -> !Node.isNull(node)).isPresent();
        boolean dns = in.node("dns").filter(node -> !Node.isNull(node)).isPresent();
        boolean urls = in.node("urls").filter(node -> !Node.isNull(node)).isPresent();
        if ((file ? 1 : 0) + (dns ? 1 : 0) + (urls ? 1 : 0) > 1) {
            String more = dns ? "dns" : "file";
            in.problems().add(in.lineOf(more), in.pathOf(more), "exactly one of urls, file and dns", "more of them");
            in.section("dns").ifPresent(DnsSettings::read);
            return NONE;
        }
        if (file) {
            return file(group, in, directory);
        }
        return dns
                ? in.section("dns")
                        .flatMap(DnsSettings::read)
                        .map(SourceSettings::of)
                        .orElse(NONE)
                : new SourceSettings(urls(group, in), null);
    }

    private static SourceSettings of(BackendSource source) {
        return new SourceSettings(List.of(), source);
    }

    private static List<Backend> urls(String group, Section in) {
        Value<Backend> url = Value.secretText(
                "a URL such as http://10.0.0.1:8080, without user, query and fragment", text -> backend(group, text));
        boolean none = in.node("urls")
                .filter(node -> !Node.isNull(node)
                        && !(node instanceof Items list && list.items().isEmpty()))
                .isEmpty();
        if (none) {
            in.missing("urls", "a list of at least one URL");
        }
        return in.list("urls", url);
    }

    /** What a URL of a wrong form holds may be a password: it is not shown. */
    private static Optional<Backend> backend(String group, String url) {
        try {
            return Optional.of(Backend.of(group, url));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Path resolved(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected a path, got text that is none", e);
        }
    }

    /** The file must be good when the gateway starts; later a bad one is refused, and told. */
    private static SourceSettings file(String group, Section in, Path directory) {
        List<BackendSource> sources = new ArrayList<>();
        in.value("file", Value.TEXT)
                .ifPresent(name -> in.check("file", () -> {
                    Path file = resolved(directory, name);
                    BackendSource source = BackendSources.file(file);
                    try {
                        source.list(group).toCompletableFuture().join();
                        sources.add(source);
                    } catch (BackendSource.Unavailable e) {
                        String message = String.valueOf(e.getMessage());
                        String prefix = file + ": ";
                        if (message.startsWith(prefix)) {
                            throw new IllegalArgumentException(message.substring(prefix.length()), e);
                        }
                        in.problems().addElsewhere(in.lineOf("file"), message); // which names file, line and field
                    }
                }));
        return sources.isEmpty() ? NONE : of(sources.get(0));
    }
}
