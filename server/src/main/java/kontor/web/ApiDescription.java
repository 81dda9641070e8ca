package kontor.web;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import java.util.Locale;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;

/** What {@code /openapi.json} says beyond the operations that springdoc finds: who may call them, and how errors look. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
    private static final String BEARER = "bearer";
    private static final String PROBLEM = "Problem";
    private static final String TEXT = """
            Amounts are whole numbers in the smallest unit of their currency. Times are RFC 3339 in UTC. \
            Lists take `limit` and `cursor` and answer `items` and `next_cursor`. \
            Unknown members of a request are refused. \
            Everything that changes something takes an `Idempotency-Key`, and where money or stock moves it is required: \
            the same key with the same body gets the same answer again, marked `Idempotent-Replayed: true`, and nothing \
            happens twice.""";

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
    }

    @Bean
    ApiSchemas apiSchemas() {
        return new ApiSchemas();
    }

    @Bean
    OpenAPI openApi(ObjectProvider<BuildProperties> build) {
        var built = build.getIfAvailable();
        return new OpenAPI()
                .info(new Info()
                        .title("Kontor")
                        .description(TEXT)
                        .version(built == null ? "0" : built.getVersion())
                        .license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0")))
                .servers(List.of(new Server().url("/").description("This server")))
                .components(new Components()
                        .addSecuritySchemes(
                                BEARER,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme(BEARER)
                                        .bearerFormat("JWT")
                                        .description("The `access_token` that POST /login answers, or an API key"))
                        .addSchemas(PROBLEM, problem()));
    }

    /** The shape of {@link Problem}. */
    private static Schema<?> problem() {
        var field = new ObjectSchema()
                .addProperty("field", new StringSchema().example("lines[0].quantity"))
                .addProperty("code", new StringSchema())
                .addProperty("message", new StringSchema());
        Schema<?> problem = new ObjectSchema()
                .description(
                        "RFC 9457 problem details. Branch on `code`; further members carry what is needed to recover")
                .addProperty("type", new StringSchema().example("/problems/out_of_stock"))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema().format("int32"))
                .addProperty("detail", new StringSchema().description("A sentence that a person can act on"))
                .addProperty("instance", new StringSchema())
                .addProperty("code", new StringSchema().example("out_of_stock"))
                .addProperty("errors", new ArraySchema().items(field).description("What is wrong, field by field"))
                .addProperty("request_id", new StringSchema());
        problem.setRequired(List.of("type", "title", "status", "code"));
        return problem;
    }

    @Bean
    OperationCustomizer operationsInOurWords() {
        return (operation, handler) -> {
            operation.operationId(nameOf(operation, handler));
            operation.security(securityOf(Access.ruleOf(handler)));
            if (operation.getParameters() != null)
                for (var parameter : operation.getParameters())
                    if (parameter.getSchema() == null) parameter.schema(new StringSchema());
            operation.getResponses().addApiResponse("default", refused());
            return operation;
        };
    }

    /** Two controllers may call a method alike, but no two have the same tag: {@code orders_cancel}. */
    private static String nameOf(Operation operation, HandlerMethod handler) {
        var tag = operation.getTags().getFirst().toLowerCase(Locale.ROOT);
        return tag.replace(' ', '_') + "_"
                + ApiSchemas.snake(handler.getMethod().getName());
    }

    /** The permission stands where OAuth has its scopes; {@code {}} beside the token means that it may be left out. */
    private static List<SecurityRequirement> securityOf(Access.Rule rule) {
        var token = new SecurityRequirement();
        return switch (rule.kind()) {
            case OPEN -> List.of(new SecurityRequirement(), token.addList(BEARER));
            case SIGNED_IN -> List.of(token.addList(BEARER));
            case PERMISSION -> List.of(token.addList(BEARER, rule.permission()));
            case CLOSED -> List.of();
        };
    }

    private static ApiResponse refused() {
        var body = new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM));
        return new ApiResponse()
                .description("Refused, or failed")
                .content(new Content().addMediaType("application/problem+json", body));
    }
}
