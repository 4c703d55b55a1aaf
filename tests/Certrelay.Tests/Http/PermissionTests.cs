using System.Reflection;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.Tests.Http;

public sealed class PermissionTests(PermissionTests.Product product) : IClassFixture<PermissionTests.Product>
{
    /// <summary>Who may do what: in the order viewer, operator, deployer, exporter, auditor, admin.</summary>
    private static readonly Dictionary<Permission, string> Matrix = new()
    {
        [Permission.None] = "yyyyyy",
        [Permission.Read] = "yyyyyy",
        [Permission.Upload] = "-y---y",
        [Permission.Delete] = "-----y",
        [Permission.Targets] = "-y---y",
        [Permission.Accounts] = "-----y",
        [Permission.Deploy] = "--y--y",
        [Permission.Freeze] = "--y--y",
        [Permission.Download] = "---y-y",
        [Permission.Tokens] = "-----y",
        [Permission.Audit] = "----yy",
        [Permission.Probe] = "-yy--y",
        [Permission.Alerts] = "-y---y",
        [Permission.Events] = "-y---y",
    };

    /// <summary>Every call of the product and what it needs; a new function gets a row here.</summary>
    private static readonly Dictionary<string, Permission> Calls = new(StringComparer.Ordinal)
    {
        ["POST api/tokens"] = Permission.Tokens,
        ["GET api/tokens"] = Permission.Tokens,
        ["GET api/tokens/{id}"] = Permission.Tokens,
        ["DELETE api/tokens/{id}"] = Permission.Tokens,
        ["POST api/certificates"] = Permission.Upload,
        ["GET api/certificates"] = Permission.Read,
        ["GET api/certificates/{name}"] = Permission.Read,
        ["GET api/certificates/{name}/download"] = Permission.Download,
        ["POST api/certificates/{name}/csr"] = Permission.Upload,
        ["GET api/certificates/{name}/csr"] = Permission.Read,
        ["DELETE api/certificates/{name}/csr/{spki}"] = Permission.Upload,
        ["PATCH api/certificates/{name}"] = Permission.Upload,
        ["DELETE api/certificates/{name}"] = Permission.Delete,
        ["GET api/certificates/{name}/usage"] = Permission.Read,
        ["GET api/register"] = Permission.Read,
        ["GET api/certificates/{name}/versions"] = Permission.Read,
        ["GET api/certificates/{name}/versions/{sequence}"] = Permission.Read,
        ["GET api/target-kinds"] = Permission.Read,
        ["GET api/target-kinds/{kind}"] = Permission.Read,
        ["POST api/targets"] = Permission.Targets,
        ["GET api/targets"] = Permission.Read,
        ["GET api/targets/{name}"] = Permission.Read,
        ["PUT api/targets/{name}"] = Permission.Targets,
        ["DELETE api/targets/{name}"] = Permission.Delete,
        ["POST api/accounts"] = Permission.Accounts,
        ["GET api/accounts"] = Permission.Read,
        ["GET api/accounts/{name}"] = Permission.Read,
        ["PATCH api/accounts/{name}"] = Permission.Accounts,
        ["DELETE api/accounts/{name}"] = Permission.Accounts,
        ["POST api/accounts/{name}/check"] = Permission.Accounts,
        ["POST api/accounts/{name}/discover"] = Permission.Accounts,
        ["GET api/accounts/{name}/stores/{store}"] = Permission.Accounts,
        ["POST api/plan"] = Permission.Deploy,
        ["POST api/rollouts"] = Permission.Deploy,
        ["GET api/rollouts"] = Permission.Read,
        ["GET api/rollouts/{id}"] = Permission.Read,
        ["GET api/rollouts/{id}/steps/{target}"] = Permission.Read,
        ["POST api/rollouts/{id}/cancel"] = Permission.Deploy,
        ["POST api/rollouts/{id}/retry"] = Permission.Deploy,
        ["POST api/rollouts/{id}/restore"] = Permission.Deploy,
        ["GET api/freeze"] = Permission.Read,
        ["PUT api/freeze"] = Permission.Freeze,
        ["DELETE api/freeze"] = Permission.Freeze,
        ["GET api/alerts"] = Permission.Read,
        ["GET api/alerts/{id}"] = Permission.Read,
        ["POST api/alerts/{id}/acknowledge"] = Permission.Alerts,
        ["POST api/alerts/test"] = Permission.Alerts,
        ["POST api/vault-events"] = Permission.Events,
        ["POST api/probe"] = Permission.Probe,
        ["POST api/discover"] = Permission.Probe,
        ["POST api/discover/accept"] = Permission.Targets,
        ["GET api/audit"] = Permission.Audit,
        ["GET api/audit/verify"] = Permission.Audit,
        ["GET api/status"] = Permission.Read,
        ["GET metrics"] = Permission.Read,
        ["GET api/openapi.json"] = Permission.None,
        ["GET healthz"] = Permission.None,
        ["HEAD healthz"] = Permission.None,
        ["GET {*path}"] = Permission.None,
        ["HEAD {*path}"] = Permission.None,
        ["POST {*path}"] = Permission.None,
        ["PUT {*path}"] = Permission.None,
        ["PATCH {*path}"] = Permission.None,
        ["DELETE {*path}"] = Permission.None,
        ["OPTIONS {*path}"] = Permission.None,
    };

    public static TheoryData<string, Role, Permission, bool> RolesAndPermissions()
    {
        var rows = new TheoryData<string, Role, Permission, bool>();
        foreach (var (permission, allowed) in Matrix)
        {
            foreach (var role in Enum.GetValues<Role>())
                rows.Add($"{role} and {permission}", role, permission, allowed[(int)role] == 'y');
        }

        return rows;
    }

    public static TheoryData<string, Role, bool> RolesAndCalls()
    {
        var rows = new TheoryData<string, Role, bool>();
        foreach (var (call, permission) in Calls)
        {
            foreach (var role in Enum.GetValues<Role>())
                rows.Add(call, role, Matrix[permission][(int)role] == 'y');
        }

        return rows;
    }

    public static TheoryData<string, bool> OpenCalls()
    {
        var rows = new TheoryData<string, bool>();
        foreach (var (call, permission) in Calls)
            rows.Add(call, permission is Permission.None);
        return rows;
    }

    [Theory]
    [MemberData(nameof(RolesAndPermissions))]
    public void A_role_has_exactly_its_permissions(string row, Role role, Permission permission, bool allowed)
    {
        Assert.NotEmpty(row);
        Assert.Equal(allowed, RolePermissions.Allow([role], permission));
    }

    [Fact]
    public void The_matrix_has_every_permission() => Assert.Equal(Enum.GetValues<Permission>(), Matrix.Keys.Order());

    [Fact]
    public void Every_call_of_the_product_is_a_row_of_the_table()
    {
        var calls = Product.Operations.SelectMany(operation => operation.Methods.Select(method => $"{method} {operation.Route}"));

        Assert.Equal(Calls.Keys.Order(StringComparer.Ordinal), calls.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RolesAndCalls))]
    public async Task A_call_is_open_to_exactly_the_roles_with_its_permission(string call, Role role, bool allowed)
    {
        var reply = await product.CallAsync(call, product.TokenOf(role));

        Assert.NotEqual(401, reply.Status);
        if (allowed)
            Assert.NotEqual(403, reply.Status);
        else
            Assert.Equal((403, "access.denied"), (reply.Status, reply.Problem));
    }

    [Theory]
    [MemberData(nameof(OpenCalls))]
    public async Task A_call_needs_a_token_unless_it_is_open(string call, bool open)
    {
        var reply = await product.CallAsync(call, token: null);

        if (open)
            Assert.NotEqual(401, reply.Status);
        else
            Assert.Equal((401, "access.unauthenticated"), (reply.Status, reply.Problem));
    }

    [Fact]
    public void Every_call_that_changes_something_is_audited() =>
        Assert.Empty(Product.Operations.Where(operation => !operation.IsCatchAll && operation.Methods.Any(method => method is not ("GET" or "HEAD")) && operation.Audited is null)
            .Select(operation => operation.Name));

    [Fact]
    public void The_page_on_permissions_is_up_to_date() => GeneratedPage.Check("permissions.md", RolePermissions.ToMarkdown(Product.Operations));

    /// <summary>All functions of the product behind one server, with one token a role.</summary>
    public sealed class Product : IAsyncLifetime
    {
        private readonly Dictionary<Role, string> _tokens = [];
        private EdgeServer _server = null!;

        public static IReadOnlyList<HttpOperation> Operations { get; } = [.. Types().SelectMany(type => type.GetMethods()).Select(HttpOperation.Of).OfType<HttpOperation>()];

        public async Task InitializeAsync()
        {
            _server = await EdgeServer.StartAsync(Types());
            foreach (var role in Enum.GetValues<Role>())
                _tokens[role] = await _server.TokenAsync(role);
        }

        public Task DisposeAsync() => _server.DisposeAsync().AsTask();

        internal string TokenOf(Role role) => _tokens[role];

        internal Task<Reply> CallAsync(string call, string? token)
        {
            var route = call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            return _server.SendAsync(call.Split(' ')[0], "/" + System.Text.RegularExpressions.Regex.Replace(route, @"\{[^}]*\}", "nothing", default, TimeSpan.FromSeconds(1)), token);
        }

        private static IEnumerable<Type> Types() =>
            typeof(HttpEdge).Assembly.GetTypes().Where(type => type.IsPublic && type.GetMethods().Any(method => method.IsDefined(typeof(FunctionAttribute))));
    }
}
