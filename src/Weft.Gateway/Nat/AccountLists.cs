using System.Runtime.InteropServices;
using Weft.Engine;

namespace Weft.Gateway.Nat;

/// <summary>
/// Theory. Whose is what: items (flows, sockets, pings) by account, each account's in order of last use. An account is a guest,
/// or a forward; one at its cap gives up its own oldest item and costs no other account. Links are intrusive and native, all
/// operations O(1); an account without items does not exist.
/// </summary>
internal sealed unsafe class AccountLists : IDisposable
{
    private const int None = -1;

    private struct Link
    {
        public int Older;
        public int Newer;
        public int Account;
    }

    private struct Account
    {
        public FlowKey Key;
        public int Oldest;
        public int Newest;
        public int Count;
    }

    private readonly Link* _links;
    private readonly Account* _accounts;
    private readonly IndexPool _pool;
    private readonly FlowIndex<Records> _index;

    /// <param name="items">Items are numbered from 0 to one less.</param>
    public AccountLists(int items, int accounts, ulong seed)
    {
        _links = (Link*)NativeMemory.AllocZeroed((nuint)items, (nuint)sizeof(Link));
        _accounts = (Account*)NativeMemory.AllocZeroed((nuint)accounts, (nuint)sizeof(Account));
        _pool = new IndexPool(accounts);
        _index = new FlowIndex<Records>(new Records(_accounts), accounts, seed);
    }

    /// <summary>Accounts that have items.</summary>
    public int Count => _index.Count;

    public int CountOf(in FlowKey account) => _index.Find(in account) is var at and >= 0 ? _accounts[at].Count : 0;

    /// <summary>The item of <paramref name="account"/> that was used longest ago; −1 when it has none.</summary>
    public int OldestOf(in FlowKey account) => _index.Find(in account) is var at and >= 0 ? _accounts[at].Oldest : None;

    /// <summary>False when there are too many accounts.</summary>
    public bool TryAdd(int item, in FlowKey account)
    {
        int at = _index.Find(in account);
        if (at < 0)
        {
            at = _pool.Rent();
            if (at < 0)
            {
                return false;
            }
            _accounts[at] = new Account { Key = account, Oldest = None, Newest = None };
            _index.Add(in account, at);
        }
        _accounts[at].Count++;
        Append(item, at);
        return true;
    }

    /// <summary>The item was used just now.</summary>
    public void Touch(int item)
    {
        int at = _links[item].Account;
        if (_accounts[at].Newest != item)
        {
            Unlink(item, at);
            Append(item, at);
        }
    }

    public void Remove(int item)
    {
        int at = _links[item].Account;
        Unlink(item, at);
        if (--_accounts[at].Count == 0)
        {
            _index.Remove(in _accounts[at].Key, at);
            _pool.Return(at);
        }
    }

    public void Dispose()
    {
        _index.Dispose();
        _pool.Dispose();
        NativeMemory.Free(_links);
        NativeMemory.Free(_accounts);
    }

    private void Append(int item, int at)
    {
        Account* account = _accounts + at;
        _links[item] = new Link { Older = account->Newest, Newer = None, Account = at };
        if (account->Newest >= 0)
        {
            _links[account->Newest].Newer = item;
        }
        else
        {
            account->Oldest = item;
        }
        account->Newest = item;
    }

    private void Unlink(int item, int at)
    {
        Link link = _links[item];
        if (link.Older >= 0)
        {
            _links[link.Older].Newer = link.Newer;
        }
        else
        {
            _accounts[at].Oldest = link.Newer;
        }
        if (link.Newer >= 0)
        {
            _links[link.Newer].Older = link.Older;
        }
        else
        {
            _accounts[at].Newest = link.Older;
        }
    }

    private readonly struct Records(Account* accounts) : IFlowRecords
    {
        public bool Matches(int index, in FlowKey key) => accounts[index].Key == key;
    }
}
