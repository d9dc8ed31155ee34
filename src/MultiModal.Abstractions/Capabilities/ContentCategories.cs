namespace MultiModal.Capabilities;

/// <summary>The common kinds of objections. Engines may have others.</summary>
public static class ContentCategories
{
    /// <summary>Pornography and nudity.</summary>
    public const string Sexual = "sexual";

    /// <summary>Violence, terror, weapons.</summary>
    public const string Violence = "violence";

    /// <summary>Politically sensitive matters.</summary>
    public const string Political = "political";

    /// <summary>Insults and hatred.</summary>
    public const string Abuse = "abuse";

    /// <summary>Drugs, gambling, and what else the law forbids.</summary>
    public const string Illegal = "illegal";

    /// <summary>Advertisements and spam.</summary>
    public const string Advertising = "advertising";

    /// <summary>A list of forbidden words.</summary>
    public const string WordList = "word-list";

    /// <summary>Anything else.</summary>
    public const string Other = "other";
}
