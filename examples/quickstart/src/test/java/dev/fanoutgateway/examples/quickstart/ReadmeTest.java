package dev.fanoutgateway.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java is Java. */
class ReadmeTest {
    private static final Path README = Path.of("..", "..", "README.md");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String IMPORTS = """
            import dev.fanoutgateway.*;
            import dev.fanoutgateway.caching.*;
            import dev.fanoutgateway.discovery.*;
            import dev.fanoutgateway.fanout.*;
            import dev.fanoutgateway.http.*;
            import dev.fanoutgateway.limit.*;
            import dev.fanoutgateway.redis.*;
            import dev.fanoutgateway.servlet.*;
            import dev.fanoutgateway.spi.*;
            import dev.fanoutgateway.testing.*;
            import jakarta.servlet.*;
            import java.nio.file.Path;
            import java.time.Duration;
            """;

    /** Stands for Spring's, which is no dependency of ours. */
    private static final String SPRING = "@interface Bean {}\nclass FilterRegistrationBean<T extends Filter> {"
            + " FilterRegistrationBean(T filter) {} }\n";

    @Test
    void itsSnippetsCompile(@TempDir Path classes) throws IOException {
        List<JavaFileObject> sources = new ArrayList<>();
        Matcher snippets = JAVA.matcher(Files.readString(README));
        while (snippets.find()) {
            sources.add(source("Snippet" + sources.size(), snippets.group(1).strip()));
        }
        assertThat(sources).hasSizeGreaterThanOrEqualTo(4);

        StringWriter complaints = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of("-d", classes.toString(), "-proc:none", "-classpath", System.getProperty("java.class.path"));
        boolean compiled =
                compiler.getTask(complaints, null, null, options, null, sources).call();

        assertThat(compiled).as(complaints.toString()).isTrue();
    }

    @Test
    void workingJavaComesEarly() throws IOException {
        List<String> lines = Files.readAllLines(README);

        assertThat(lines.indexOf("```java")).isBetween(0, 25);
    }

    private static JavaFileObject source(String name, String snippet) {
        String end = snippet.endsWith(";") || snippet.endsWith("}") ? "" : ";";
        String body = snippet.startsWith("@") ? snippet : "void run(String token) {\n" + snippet + end + "\n}";
        String spring = snippet.startsWith("@") ? SPRING : "";
        String code = IMPORTS + spring + "class " + name + " {\n" + body + "\n}\n";
        return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }
}
